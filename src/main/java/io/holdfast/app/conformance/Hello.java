package io.holdfast.app.conformance;

import io.holdfast.config.StackConfig;
import io.holdfast.wire.IpAddress;
import java.util.SplittableRandom;

/** HELLO: clock, link and addresses of the session; starts the stack. */
final class Hello implements Action {
    private static final int VERSION = 1;
    /** MTU that RFC 791 lets every host rely on, and the largest packet. */
    private static final int MIN_MTU = 576;
    private static final int MAX_MTU = 65_535;
    /** Seed of every virtual session, so that two runs of a script give the same bytes. */
    private static final long VIRTUAL_SEED = 0x686F_6C64_6661_7374L;

    private final int version;
    private final int clock;
    private final int linkType;
    private final int mtu;
    private final byte[] local;
    private final int prefix;
    private final byte[] gateway;
    private final byte[] remote;

    private Hello(final Body body) throws MalformedFrameException {
        version = body.u16();
        clock = body.u8();
        linkType = body.u8();
        mtu = body.u16();
        local = body.ip();
        prefix = body.u8();
        gateway = body.ip();
        remote = body.ip();
    }

    static Action decode(final Body body) throws MalformedFrameException {
        return new Hello(body);
    }

    @Override
    public boolean run(final Session session, final Reply reply) throws ErrnoException {
        require(!session.started(), Errno.EINVAL);
        require(version == VERSION, Errno.EPROTONOSUPPORT);
        require(clock <= 1, Errno.EINVAL);
        require(linkType == 0, Errno.EOPNOTSUPP);
        require(mtu >= MIN_MTU && mtu <= MAX_MTU, Errno.EINVAL);
        require(local.length != 16 && gateway.length != 16 && remote.length != 16, Errno.EAFNOSUPPORT);
        require(local.length == 4 && prefix <= 32, Errno.EINVAL);

        final SessionClock sessionClock = clock == 1 ? SessionClock.virtual() : SessionClock.real();
        final BareIpLink link = new BareIpLink(mtu, sessionClock);
        final SplittableRandom random = clock == 1 ? new SplittableRandom(VIRTUAL_SEED) : new SplittableRandom();
        session.config.threading(StackConfig.Threading.INVOKER).link(link).random(random::nextLong)
            .address(v4(local)).prefixLength(prefix);
        if (gateway.length == 4) {
            session.config.gateway(v4(gateway));
        } else if (remote.length == 4) {
            // The remote end is on the link, whatever its address.
            session.config.gateway(v4(remote));
        }
        session.start(sessionClock, link);
        return true;
    }

    private static IpAddress v4(final byte[] ip) {
        return IpAddress.ofV4((ip[0] & 0xFF) << 24 | (ip[1] & 0xFF) << 16 | (ip[2] & 0xFF) << 8 | ip[3] & 0xFF);
    }

    private static void require(final boolean condition, final int errno) throws ErrnoException {
        if (!condition) {
            throw new ErrnoException(errno);
        }
    }
}
