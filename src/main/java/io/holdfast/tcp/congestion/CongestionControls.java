package io.holdfast.tcp.congestion;

/** The algorithms there are, by the names of the {@code TCP_CONGESTION} option. */
public final class CongestionControls {
    private CongestionControls() {
    }

    /** True if {@link #create} knows the name. */
    public static boolean known(final String name) {
        return "reno".equals(name) || "cubic".equals(name);
    }

    /**
     * A new instance for one connection.
     *
     * @throws IllegalArgumentException for a name that is not {@link #known}
     */
    public static CongestionControl create(final String name) {
        switch (name) {
            case "cubic":
                return new Cubic();
            case "reno":
                return new NewReno();
            default:
                throw new IllegalArgumentException("unknown congestion control \"" + name + "\": use cubic or reno");
        }
    }
}
