package io.holdfast.counters;

/** Counters of the icmp component; ids from 128. Names after RFC 2011 and RFC 4293. */
public enum IcmpCounter implements CounterDescriptor {
    IN_MSGS("icmp.InMsgs", "ICMP messages that arrived, those in error included."),
    IN_TRUNCATED("icmp.InErrors.truncated", "Messages dropped: shorter than an ICMP header."),
    IN_BAD_CHECKSUM("icmp.InErrors.checksum", "Messages dropped: wrong checksum."),
    IN_ECHOS("icmp.InEchos", "Echo requests that arrived."),
    IN_ECHO_REPS("icmp.InEchoReps", "Echo replies that arrived; ignored, since the stack sends no requests."),
    IN_ECHO_GROUP("icmp.in.echoToGroup", "Echo requests dropped: sent to a broadcast or multicast address."),
    IN_TIMESTAMPS("icmp.InTimestamps", "Timestamp requests and replies, which are ignored."),
    IN_REDIRECTS("icmp.InRedirects", "Redirects, which are ignored."),
    IN_SOURCE_QUENCHS("icmp.InSrcQuenchs", "Source quenches, which are ignored (RFC 6633)."),
    IN_UNKNOWN("icmp.in.unknownType", "Messages dropped: a type that this host does not know."),
    IN_DEST_UNREACHS("icmp.InDestUnreachs", "Destination unreachable messages that arrived."),
    IN_TIME_EXCDS("icmp.InTimeExcds", "Time exceeded messages that arrived."),
    IN_PARM_PROBS("icmp.InParmProbs", "Parameter problem messages that arrived."),
    IN_BAD_QUOTE("icmp.in.badQuote", "Errors dropped: their quote is no packet, or too short."),
    IN_FOREIGN_QUOTE("icmp.in.foreignQuote", "Errors dropped: the quoted packet is not from an address of ours."),
    IN_ERROR_TO_GROUP("icmp.in.errorToGroup", "Errors dropped: sent to a broadcast or multicast address."),
    LOCAL_ERRORS("icmp.localErrors", "Packets of ours that could not go, reported as if a router had done it."),
    OUT_MSGS("icmp.OutMsgs", "Messages sent."),
    OUT_DEVICE_FULL("icmp.OutErrors.deviceFull", "Messages dropped: the device was full."),
    OUT_ECHO_REPS("icmp.OutEchoReps", "Echo replies sent."),
    OUT_DEST_UNREACHS("icmp.OutDestUnreachs", "Destination unreachable messages sent."),
    OUT_TIME_EXCDS("icmp.OutTimeExcds", "Time exceeded messages sent."),
    OUT_RATE_LIMITED("icmp.OutRateLimitGlobal", "Errors not sent: the rate limit was reached."),
    OUT_SUPPRESSED("icmp.out.suppressed",
        "Errors not sent: about errors, groups or fragments none are (RFC 1122 3.2.2).");

    private static final int FIRST_ID = 128;
    private final String label;
    private final String meaning;

    IcmpCounter(final String label, final String meaning) {
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
