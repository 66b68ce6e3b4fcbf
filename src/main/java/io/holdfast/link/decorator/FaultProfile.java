package io.holdfast.link.decorator;

/**
 * Faults that a {@link FaultLink} applies to the frames of one direction. Probabilities are per frame, 0 to 1.
 *
 * @param loss             probability that a frame is lost
 * @param duplication      probability that it arrives twice
 * @param reordering       probability that it is held back by {@code reorderDelayNs} while later ones pass
 * @param reorderDelayNs   how long that is
 * @param corruption       probability that one of its bits is turned
 * @param delayNs          time on the way
 * @param jitterNs         up to this much more, evenly; jitter alone does not change the order
 * @param bitsPerSecond    rate of the path; 0 for no limit
 * @param queueBytes       bytes of frames that may wait because of that limit; frames beyond it are lost
 */
public record FaultProfile(
    double loss,
    double duplication,
    double reordering,
    long reorderDelayNs,
    double corruption,
    long delayNs,
    long jitterNs,
    long bitsPerSecond,
    int queueBytes) {

    /** No faults. */
    public static final FaultProfile NONE = new FaultProfile(0, 0, 0, 3_000_000, 0, 0, 0, 0, 1_500_000);

    public FaultProfile {
        requireProbability("loss", loss);
        requireProbability("duplication", duplication);
        requireProbability("reordering", reordering);
        requireProbability("corruption", corruption);
        if (delayNs < 0 || jitterNs < 0 || reorderDelayNs < 0 || bitsPerSecond < 0 || queueBytes < 0) {
            throw new IllegalArgumentException("delays, rate and queue are not negative: " + delayNs + ", " + jitterNs
                + ", " + reorderDelayNs + ", " + bitsPerSecond + ", " + queueBytes);
        }
    }

    private static void requireProbability(final String name, final double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " is a probability, 0 to 1: " + value);
        }
    }

    /** True if frames pass as they are. */
    public boolean isNone() {
        return loss == 0 && duplication == 0 && reordering == 0 && corruption == 0 && delayNs == 0 && jitterNs == 0
            && bitsPerSecond == 0;
    }

    public FaultProfile withLoss(final double value) {
        return new FaultProfile(value, duplication, reordering, reorderDelayNs, corruption, delayNs, jitterNs,
            bitsPerSecond, queueBytes);
    }

    public FaultProfile withDuplication(final double value) {
        return new FaultProfile(loss, value, reordering, reorderDelayNs, corruption, delayNs, jitterNs, bitsPerSecond,
            queueBytes);
    }

    public FaultProfile withReordering(final double value, final long heldBackNs) {
        return new FaultProfile(loss, duplication, value, heldBackNs, corruption, delayNs, jitterNs, bitsPerSecond,
            queueBytes);
    }

    public FaultProfile withCorruption(final double value) {
        return new FaultProfile(loss, duplication, reordering, reorderDelayNs, value, delayNs, jitterNs, bitsPerSecond,
            queueBytes);
    }

    public FaultProfile withDelay(final long newDelayNs, final long newJitterNs) {
        return new FaultProfile(loss, duplication, reordering, reorderDelayNs, corruption, newDelayNs, newJitterNs,
            bitsPerSecond, queueBytes);
    }

    public FaultProfile withRate(final long newBitsPerSecond, final int newQueueBytes) {
        return new FaultProfile(loss, duplication, reordering, reorderDelayNs, corruption, delayNs, jitterNs,
            newBitsPerSecond, newQueueBytes);
    }
}
