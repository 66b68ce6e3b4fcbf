package io.holdfast.replication.log;

public final class DebugTimes {
    public static long diskNs;
}
