package io.holdfast.counters;

/** Counters of the link component; ids from 0. */
public enum LinkCounter implements CounterDescriptor {
    FRAMES_IN("link.frames.in", "Frames delivered by the device; a super-segment counts once."),
    BYTES_IN("link.bytes.in", "Bytes of frames delivered by the device, link headers included."),
    SUPER_SEGMENTS_IN("link.super.in", "Frames delivered that stand for several wire segments."),
    FRAMES_OUT("link.frames.out", "Frames taken by the device; a super-segment counts once."),
    BYTES_OUT("link.bytes.out", "Bytes of frames taken by the device, link headers included."),
    SUPER_SEGMENTS_OUT("link.super.out", "Frames taken that the device cuts into wire segments."),
    TRANSMIT_FULL("link.transmit.full", "Transmissions refused for now because the device's queue was full."),
    DROPPED_IN_SHORT("link.dropped.in.short", "Received frames shorter than a link header."),
    DROPPED_IN_OFFLOAD_HEADER("link.dropped.in.offload", "Received frames whose offload header did not hold together."),
    CHECKSUM_COMPLETED_IN("link.checksum.completed.in",
        "Received frames with a partial checksum elsewhere than in the transport header, completed in software."),
    RECEIVE_ERRORS("link.receive.errors", "Reads that the device answered with an error."),
    DROPPED_OUT_OVERSIZE("link.dropped.out.oversize", "Frames to send that were longer than the device takes."),
    DROPPED_OUT_STALE_OFFLOAD("link.dropped.out.stale",
        "Frames to send that were built for an offload which the device no longer offers."),
    DROPPED_OUT_DOWN("link.dropped.out.down", "Frames to send that were lost because the interface was down."),
    DROPPED_OUT_ERROR("link.dropped.out.error", "Frames to send that the device refused for any other reason."),
    SEGMENTATION_REFUSED("link.segmentation.refused", "1 once the device has refused a super-segment: single frames since."),
    CHECKSUM_OFFLOAD_REFUSED("link.checksum.refused",
        "1 once the device has refused a partial checksum: checksums in software since."),
    DEVICE_LOST("link.device.lost", "1 while the device is gone (removed or detached)."),
    FAULT_LOST("link.fault.lost", "Frames that the fault injector dropped by chance."),
    FAULT_PARTITIONED("link.fault.partitioned", "Frames that the fault injector dropped because of a partition."),
    FAULT_DUPLICATED("link.fault.duplicated", "Frames that the fault injector delivered twice."),
    FAULT_REORDERED("link.fault.reordered", "Frames that the fault injector held back behind later ones."),
    FAULT_CORRUPTED("link.fault.corrupted", "Frames in which the fault injector changed a byte."),
    FAULT_QUEUE_DROPPED("link.fault.queue", "Frames that found the fault injector's queue full."),
    CAPTURE_DROPPED("link.capture.dropped", "Frames that could not be written to the capture file."),
    DEVICE_REOPENED("link.device.reopened", "Times a device that was gone was there again.");

    private static final int FIRST_ID = 0;
    private final String label;
    private final String meaning;

    LinkCounter(final String label, final String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    @Override
    public int id() {
        return FIRST_ID + ordinal();
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
