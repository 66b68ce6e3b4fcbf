package io.holdfast.counters;

/** Counters of the stack component; ids from 352. */
public enum StackCounter implements CounterDescriptor {
    DUTY_CYCLES("stack.dutyCycles", "Duty cycles run."),
    FRAME_HANDLER_ERRORS("stack.frameHandlerErrors", "Frames dropped because handling them ended in an exception: a bug."),
    CONNECTION_ERRORS("stack.connectionErrors", "Connections dropped because handling them ended in an exception: a bug."),
    HANDLER_ERRORS("stack.handlerErrors", "Exceptions from an application's handlers; their connections are aborted."),
    COMMANDS("stack.commands", "Commands from applications that came through the queue."),
    COMMAND_QUEUE_FULL("stack.commandQueueFull", "Offers of commands that found the queue full and were repeated."),
    COMMAND_ERRORS("stack.commandErrors", "Commands that ended in an exception: a bug."),
    CONNECTIONS("stack.connections", "Connections in the table now, TIME-WAIT included."),
    CONNECTION_TABLE_FULL("stack.connectionTableFull", "Connections refused because the table was full."),
    EPHEMERAL_PORTS_EXHAUSTED("stack.ephemeralPortsExhausted", "Connects and binds that found no free port."),
    TIMERS_FIRED("stack.timersFired", "Timer entries that came due, stale ones included."),
    TCP_TOO_SHORT("stack.tcpTooShort", "TCP segments dropped: no whole header, or impossible options length."),
    TCP_CHECKSUM("stack.tcpChecksumErrors", "TCP segments dropped: wrong checksum."),
    TCP_TO_GROUP("stack.tcpToGroup", "TCP segments dropped: sent to a broadcast or multicast address."),
    TRANSMIT_STALLS("stack.transmitStalls", "Times that transmission stopped because the device was full."),
    TRANSMIT_BUDGET("stack.transmitBudgetExhausted", "Duty cycles that ended transmission because of the byte budget."),
    SOFTWARE_SEGMENTS("stack.softwareSegments", "Segments cut from super-segments in software."),
    ICMP_ERRORS_TAKEN("stack.icmpErrorsTaken", "ICMP errors delivered to the connection that they quote."),
    ICMP_ERRORS_UNMATCHED("stack.icmpErrorsUnmatched", "ICMP errors that quote no connection or a sequence number not in flight."),
    UNKNOWN_PROTOCOL("stack.unknownProtocol", "Packets of a transport protocol that the stack does not have."),
    AGENT_TAKEOVERS("stack.agentTakeovers", "Times that the agent became the sleeper."),
    WRITES_WITHOUT_MEMORY("stack.writesWithoutMemory", "Writes that had room in their buffer, and found the memory limit reached."),
    RECEIVE_RING_FULL("stack.receiveRingFull", "Times that the receiver found its ring full and waited."),
    HEARD("stack.heard", "Frames for addresses held back that were kept for a takeover."),
    HEARD_DISPLACED("stack.heardDisplaced", "Frames kept for a takeover and forgotten: newer ones needed the room."),
    HEARD_EXPIRED("stack.heardExpired", "Frames kept for a takeover and forgotten: too old."),
    HEARD_TAKEN_IN("stack.heardTakenIn", "Frames kept for a takeover that were handled when it came."),
    HEARD_STRAY("stack.heardStray", "Segments kept for a takeover that belong to no connection, dropped in silence.");

    private static final int FIRST_ID = 352;
    private final String label;
    private final String meaning;

    StackCounter(final String label, final String meaning) {
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
