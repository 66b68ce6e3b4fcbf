package io.holdfast.app.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The session's descriptors: the lowest free number from 3 on, as a process's. */
final class HandleTable {
    /** Most descriptors, as a process may usually have. */
    static final int MAX_HANDLES = 1 << 16;
    private static final int FIRST = 3;

    private final List<SocketHandle> handles = new ArrayList<>();

    int add(final SocketHandle handle) throws ErrnoException {
        int index = handles.indexOf(null);
        if (index < 0) {
            if (handles.size() >= MAX_HANDLES) {
                throw new ErrnoException(Errno.EMFILE);
            }
            index = handles.size();
            handles.add(handle);
        } else {
            handles.set(index, handle);
        }
        return index + FIRST;
    }

    /** null if there is none. */
    SocketHandle find(final int number) {
        final int index = number - FIRST;
        return number >= FIRST && index < handles.size() ? handles.get(index) : null;
    }

    SocketHandle need(final int number) throws ErrnoException {
        final SocketHandle handle = find(number);
        if (handle == null) {
            throw new ErrnoException(Errno.EBADF);
        }
        return handle;
    }

    SocketHandle remove(final int number) throws ErrnoException {
        final SocketHandle handle = need(number);
        handles.set(number - FIRST, null);
        return handle;
    }

    void forEach(final Consumer<SocketHandle> action) {
        handles.forEach(handle -> {
            if (handle != null) {
                action.accept(handle);
            }
        });
    }
}
