package io.holdfast.conformance.script;

import java.util.HashMap;
import java.util.Map;

/** Numbers that scripts call by name. */
public final class Names {
    private static final Map<String, Integer> ERRNO = Map.ofEntries(Map.entry("EPERM", 1), Map.entry("ENOENT", 2),
        Map.entry("EBADF", 9), Map.entry("EAGAIN", 11), Map.entry("EINVAL", 22), Map.entry("EPIPE", 32), Map.entry("EPROTO", 71),
        Map.entry("EDESTADDRREQ", 89), Map.entry("EMSGSIZE", 90), Map.entry("ENOPROTOOPT", 92), Map.entry("EOPNOTSUPP", 95),
        Map.entry("EAFNOSUPPORT", 97), Map.entry("EADDRINUSE", 98), Map.entry("EADDRNOTAVAIL", 99),
        Map.entry("ENETUNREACH", 101), Map.entry("ECONNABORTED", 103), Map.entry("ECONNRESET", 104), Map.entry("EISCONN", 106),
        Map.entry("ENOTCONN", 107), Map.entry("ETIMEDOUT", 110), Map.entry("ECONNREFUSED", 111), Map.entry("EHOSTUNREACH", 113),
        Map.entry("EALREADY", 114), Map.entry("EINPROGRESS", 115), Map.entry("ENOPROTO", 93));
    private static final Map<String, Integer> OTHERS = Map.ofEntries(Map.entry("POLLIN", 1), Map.entry("POLLOUT", 4),
        Map.entry("POLLERR", 8), Map.entry("POLLHUP", 16), Map.entry("POLLRDHUP", 0x2000), Map.entry("SHUT_RD", 0),
        Map.entry("SHUT_WR", 1), Map.entry("SHUT_RDWR", 2), Map.entry("O_RDWR", 2), Map.entry("O_NONBLOCK", 0x800),
        Map.entry("MSG_PEEK", 1), Map.entry("MSG_DONTWAIT", 2), Map.entry("MSG_TRUNC", 4), Map.entry("MSG_WAITALL", 8),
        Map.entry("MSG_OOB", 16), Map.entry("MSG_MORE", 32), Map.entry("MSG_EOR", 64), Map.entry("MSG_FASTOPEN", 128));
    private static final Map<String, Long> INFO = Map.ofEntries(Map.entry("TCP_CA_Open", 0L), Map.entry("TCP_CA_Disorder", 1L),
        Map.entry("TCP_CA_CWR", 2L), Map.entry("TCP_CA_Recovery", 3L), Map.entry("TCP_CA_Loss", 4L),
        Map.entry("TCP_ESTABLISHED", 1L), Map.entry("TCP_SYN_SENT", 2L), Map.entry("TCP_SYN_RECV", 3L),
        Map.entry("TCP_FIN_WAIT1", 4L), Map.entry("TCP_FIN_WAIT2", 5L), Map.entry("TCP_TIME_WAIT", 6L),
        Map.entry("TCP_CLOSE", 7L), Map.entry("TCP_CLOSE_WAIT", 8L), Map.entry("TCP_LAST_ACK", 9L), Map.entry("TCP_LISTEN", 10L),
        Map.entry("TCP_CLOSING", 11L));
    private static final Map<Integer, String> ERRNO_NAMES = new HashMap<>();

    static {
        ERRNO.forEach((name, number) -> ERRNO_NAMES.put(number, name));
    }

    private Names() {
    }

    static int errno(final String name) {
        final Integer number = ERRNO.get(name);
        if (number == null) {
            throw new ScriptException("no such errno: " + name);
        }
        return number;
    }

    /** Name, or the number if it has none here. */
    public static String errnoName(final int number) {
        return ERRNO_NAMES.getOrDefault(number, "E" + number);
    }

    /** A number, a name, or several with bars between them. */
    public static int number(final String text) {
        int number = 0;
        for (final String part : text.split("\\|")) {
            final String word = part.trim();
            final Integer known = OTHERS.getOrDefault(word, ERRNO.get(word));
            try {
                number |= known != null ? known : Long.decode(word).intValue();
            } catch (final NumberFormatException e) {
                throw new ScriptException("neither a number nor a known name: " + word);
            }
        }
        return number;
    }

    /** How scripts write the value of a field of TCP_INFO. */
    public static String infoValue(final String field, final long value) {
        final String prefix = field.equals("tcpi_ca_state") ? "TCP_CA_" : field.equals("tcpi_state") ? "TCP_" : null;
        return INFO.entrySet().stream()
            .filter(e -> prefix != null && e.getValue() == value && e.getKey().startsWith("TCP_CA_") == prefix.equals("TCP_CA_"))
            .map(Map.Entry::getKey).findFirst().orElse(String.valueOf(value));
    }

    /** Constants that go with TCP_INFO, by the C names; null if there is none of that name. */
    public static Long info(final String name) {
        return INFO.get(name);
    }
}
