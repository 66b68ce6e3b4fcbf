package io.holdfast.app.conformance;

/** Reads the fields of each op, all of them and nothing more, and makes the action that carries it out. */
final class Decoder {
    private Decoder() {
    }

    static Action decode(final Request request) throws MalformedFrameException {
        final Body body = request.body();
        final Action action = switch (request.op()) {
            case HELLO -> Hello.decode(body);
            case CONFIG -> config(body);
            case SOCKET -> afterHello(socket(body));
            case BIND -> afterHello(bind(body));
            case LISTEN -> afterHello(listen(body));
            case ACCEPT -> afterHello(new BlockingActions.Accept(body.i32()));
            case CONNECT -> afterHello(new BlockingActions.Connect(body.i32(), body.addr()));
            case RECV -> afterHello(new BlockingActions.Receive(body.i32(), body.u32(), body.i32()));
            case SEND -> afterHello(new BlockingActions.Send(body.i32(), body.i32(), body.addr(), body.rest()));
            case SHUTDOWN -> afterHello(shutdown(body));
            case CLOSE -> afterHello(new BlockingActions.Close(body.i32()));
            case SETOPT -> afterHello(setOption(body));
            case GETOPT -> afterHello(option(body));
            case POLL -> afterHello(poll(body));
            case PKT_IN -> afterHello(packetIn(body));
            case PKT_OUT -> afterHello(new PacketOut(body.i64()));
            case ADVANCE -> afterHello(advance(body));
        };
        body.end();
        return action;
    }

    /** Without a stack there are neither sockets nor a link. */
    private static Action afterHello(final Action action) {
        return new Action() {
            private boolean refused;

            @Override
            public boolean run(final Session session, final Reply reply) throws ErrnoException {
                if (!session.started()) {
                    refused = true;
                    throw new ErrnoException(Errno.EINVAL);
                }
                return action.run(session, reply);
            }

            @Override
            public long deadlineNs() {
                return action.deadlineNs();
            }

            @Override
            public void end(final Session session) {
                if (!refused) {
                    action.end(session);
                }
            }
        };
    }

    private static Action config(final Body body) throws MalformedFrameException {
        final String key = body.str();
        final String value = body.str();
        return (session, reply) -> {
            ConfigKeys.set(session.config.tcp, key, value);
            return true;
        };
    }

    private static Action socket(final Body body) throws MalformedFrameException {
        final int family = body.u8();
        final int type = body.u8();
        final int protocol = body.u16();
        return (session, reply) -> {
            reply.result(session.handles.add(Sockets.open(session, family, type, protocol)));
            return true;
        };
    }

    private static Action bind(final Body body) throws MalformedFrameException {
        final int handle = body.i32();
        final Address address = body.addr();
        return (session, reply) -> {
            final SocketHandle socket = session.handles.need(handle);
            socket.bind(address.toSocketAddress(socket.family));
            return true;
        };
    }

    private static Action listen(final Body body) throws MalformedFrameException {
        final int handle = body.i32();
        final int backlog = body.i32();
        return (session, reply) -> {
            session.handles.need(handle).listen(backlog);
            return true;
        };
    }

    private static Action shutdown(final Body body) throws MalformedFrameException {
        final int handle = body.i32();
        final int how = body.u8();
        return (session, reply) -> {
            final SocketHandle socket = session.handles.need(handle);
            if (how > 2) {
                throw new ErrnoException(Errno.EINVAL);
            }
            socket.shutdown(how);
            return true;
        };
    }

    private static Action setOption(final Body body) throws MalformedFrameException {
        final int handle = body.i32();
        final String name = body.str();
        final byte[] value = body.bytes(body.u16());
        return (session, reply) -> {
            session.handles.need(handle).option(name, value);
            return true;
        };
    }

    private static Action option(final Body body) throws MalformedFrameException {
        final int handle = body.i32();
        final String name = body.str();
        final int max = body.u16();
        return (session, reply) -> {
            final SocketHandle socket = session.handles.need(handle);
            final byte[] value = socket.option(name);
            if (value == null) {
                socket.info().write(reply);
            } else {
                final int n = Math.min(max, value.length);
                reply.u16(n).bytes(value, n);
            }
            return true;
        };
    }

    private static Action poll(final Body body) throws MalformedFrameException {
        final int n = body.u16();
        final int timeoutMs = body.i32();
        final int[] handles = new int[n];
        final int[] events = new int[n];
        for (int i = 0; i < n; i++) {
            handles[i] = body.i32();
            events[i] = body.u16();
        }
        return new BlockingActions.Poll(handles, events, timeoutMs);
    }

    private static Action packetIn(final Body body) {
        final byte[] packet = body.rest();
        return (session, reply) -> {
            if (packet.length > Session.maxPacketBytes()) {
                throw new ErrnoException(Errno.EMSGSIZE);
            }
            session.link().feed(packet);
            session.invokeStack();
            session.handles.forEach(SocketHandle::packetArrived);
            return true;
        };
    }

    private static Action advance(final Body body) throws MalformedFrameException {
        final long toUs = body.i64();
        return (session, reply) -> {
            if (session.clock().isVirtual()) {
                session.advance(session.clock().toNs(toUs));
            }
            return true;
        };
    }
}
