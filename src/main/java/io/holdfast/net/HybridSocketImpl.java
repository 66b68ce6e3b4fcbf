package io.holdfast.net;

import io.holdfast.replay.Choices;
import io.holdfast.socket.AddressPolicy;
import io.holdfast.socket.HoldfastStack;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Behind every socket and server socket of a program that the agent serves: the kernel's until it is bound or connected to
 * an address of the stack ({@link AddressPolicy}). Before that, and for all that is the kernel's, everything is done by
 * the JDK's own implementation; the options set on it are remembered for the stack's. A server at the wildcard may be both
 * worlds': then clients are accepted from either side.
 *
 * <p>The class that the agent instantiates is a subclass marked {@code sun.net.PlatformSocketImpl}, see {@link Platforms}.
 */
public class HybridSocketImpl extends SocketImpl {
    private final HoldfastStack stack;
    private final AddressPolicy policy;
    private final boolean server;
    /** One of the two, once it is decided; until then the kernel's. Null in a socket that waits to be accepted. */
    private volatile SocketImpl kernel;
    private volatile StackSocketImpl onStack;
    /** Beside the stack's, of a listener that is both worlds'. */
    private volatile SocketImpl kernelListener;
    private List<OptionSetting> settings;

    /** An option that was set while the choice was open: by number or by object. */
    private record OptionSetting(int id, SocketOption<?> name, Object value) {
    }

    protected HybridSocketImpl(final HoldfastStack stack, final AddressPolicy policy, final boolean server) {
        this.stack = stack;
        this.policy = policy;
        this.server = server;
        kernel = KernelSockets.open(server);
    }

    @Override
    protected void create(final boolean stream) throws IOException {
        KernelSockets.create(kernel, stream);
    }

    // --- whose it is ---

    private StackSocketImpl becomeStack() throws IOException {
        final SocketImpl left = kernel;
        final StackSocketImpl made = moveToStack();
        KernelSockets.close(left);
        return made;
    }

    /** The kernel's socket is left as it is. */
    private synchronized StackSocketImpl moveToStack() throws IOException {
        final StackSocketImpl made = new StackSocketImpl(stack, server);
        made.create(true);
        made.setOption(SO_TIMEOUT, kernel.getOption(SO_TIMEOUT));
        if (settings != null) {
            for (final OptionSetting setting : settings) {
                if (setting.name == null) {
                    made.setOption(setting.id, setting.value);
                } else {
                    OptionIds.set(made, setting.name, setting.value);
                }
            }
            settings = null;
        }
        kernel = null;
        onStack = made;
        return made;
    }

    @Override
    protected void bind(final InetAddress host, final int port) throws IOException {
        final AddressPolicy.Side side = server ? policy.server(stack, host, port)
            : stack.owns(host) ? AddressPolicy.Side.STACK : AddressPolicy.Side.KERNEL;
        switch (side) {
            case STACK -> becomeStack().bind(host, port);
            case BOTH -> bindBoth(host, port);
            default -> KernelSockets.bind(kernel(), host, port);
        }
    }

    /**
     * A port that is given is the kernel's first, who may have it in use; any port is the stack's to choose, for a backup follows
     * it.
     */
    private void bindBoth(final InetAddress host, final int port) throws IOException {
        final SocketImpl own = kernel();
        if (port != 0) {
            KernelSockets.bind(own, host, port);
        }
        final StackSocketImpl s = moveToStack();
        own.setOption(SO_TIMEOUT, 0);
        try {
            s.bind(host, port);
            if (port == 0) {
                KernelSockets.bind(own, host, s.getLocalPort());
            }
            kernelListener = own;
        } catch (final BindException e) {
            KernelSockets.close(own);
            // The kernel uses the number that the stack chose for something else: then it is the stack's alone.
            if (port != 0) {
                throw e;
            }
        }
    }

    @Override
    protected void connect(final String host, final int port) throws IOException {
        connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(final InetAddress address, final int port) throws IOException {
        connect(new InetSocketAddress(address, port), 0);
    }

    @Override
    protected void connect(final SocketAddress remote, final int timeoutMs) throws IOException {
        StackSocketImpl s = onStack;
        if (s == null && remote instanceof InetSocketAddress inet) {
            if (inet.isUnresolved()) {
                throw new UnknownHostException(inet.getHostName());
            }
            s = chooseForConnect(inet);
        }
        if (s != null) {
            s.connect(remote, timeoutMs);
        } else {
            KernelSockets.connect(kernel(), remote, timeoutMs);
        }
    }

    private StackSocketImpl chooseForConnect(final InetSocketAddress remote) throws IOException {
        final SocketImpl k = kernel();
        final int localPort = KernelSockets.localPort(k);
        final InetSocketAddress local =
            localPort <= 0 ? null : new InetSocketAddress((InetAddress) k.getOption(SO_BINDADDR), localPort);
        if (!policy.clientOnStack(stack, local, remote.getAddress())) {
            return null;
        }
        final StackSocketImpl s = becomeStack();
        if (local != null) {
            s.bind(new InetSocketAddress(0).getAddress(), localPort);
        }
        return s;
    }

    private SocketImpl kernel() throws SocketException {
        final SocketImpl k = kernel;
        if (k == null) {
            throw new SocketException("Socket closed");
        }
        return k;
    }

    @Override
    protected void listen(final int backlog) throws IOException {
        final StackSocketImpl s = onStack;
        if (s != null) {
            s.listen(backlog);
            listenAtKernel(s, backlog);
        } else {
            KernelSockets.listen(kernel(), backlog);
        }
    }

    private void listenAtKernel(final StackSocketImpl s, final int backlog) throws IOException {
        final SocketImpl k = kernelListener;
        if (k != null) {
            KernelSockets.listen(k, backlog);
            s.kernelSide(new KernelListener(k));
        }
    }

    @Override
    protected void accept(final SocketImpl accepted) throws IOException {
        final HybridSocketImpl into = (HybridSocketImpl) accepted;
        final StackSocketImpl s = onStack;
        if (s != null) {
            final SocketImpl taken = s.acceptAny();
            into.onStack = taken instanceof StackSocketImpl stackSocket ? stackSocket : null;
            into.kernel = into.onStack == null ? taken : null;
        } else {
            KernelSockets.accept(kernel(), into.kernel());
        }
    }

    // --- passed on ---

    @Override
    protected InputStream getInputStream() throws IOException {
        final StackSocketImpl s = onStack;
        if (s != null) {
            return s.getInputStream();
        }
        // Whoever takes the streams is going to serve this connection, and none of the stack's.
        Choices.serving(null);
        return KernelSockets.input(kernel());
    }

    @Override
    protected OutputStream getOutputStream() throws IOException {
        final StackSocketImpl s = onStack;
        return s != null ? s.getOutputStream() : KernelSockets.output(kernel());
    }

    @Override
    protected int available() throws IOException {
        final StackSocketImpl s = onStack;
        return s != null ? s.available() : KernelSockets.available(kernel());
    }

    @Override
    protected void close() throws IOException {
        final StackSocketImpl s = onStack;
        final SocketImpl k = kernel;
        final SocketImpl listening = kernelListener;
        if (listening != null) {
            KernelSockets.close(listening);
        }
        if (s != null) {
            s.close();
        } else if (k != null) {
            KernelSockets.close(k);
        }
    }

    @Override
    protected void shutdownInput() throws IOException {
        final StackSocketImpl s = onStack;
        if (s != null) {
            s.shutdownInput();
        } else {
            KernelSockets.shutdownInput(kernel());
        }
    }

    @Override
    protected void shutdownOutput() throws IOException {
        final StackSocketImpl s = onStack;
        if (s != null) {
            s.shutdownOutput();
        } else {
            KernelSockets.shutdownOutput(kernel());
        }
    }

    @Override
    protected FileDescriptor getFileDescriptor() {
        final SocketImpl k = kernel;
        return k != null ? KernelSockets.descriptor(k) : null;
    }

    @Override
    protected InetAddress getInetAddress() {
        final StackSocketImpl s = onStack;
        return s != null ? s.getInetAddress() : KernelSockets.address(kernel);
    }

    @Override
    protected int getPort() {
        final StackSocketImpl s = onStack;
        return s != null ? s.getPort() : KernelSockets.port(kernel);
    }

    @Override
    protected int getLocalPort() {
        final StackSocketImpl s = onStack;
        return s != null ? s.getLocalPort() : KernelSockets.localPort(kernel);
    }

    @Override
    protected boolean supportsUrgentData() {
        return true;
    }

    @Override
    protected void sendUrgentData(final int data) throws IOException {
        final StackSocketImpl s = onStack;
        if (s != null) {
            s.sendUrgentData(data);
        } else {
            KernelSockets.sendUrgentData(kernel(), data);
        }
    }

    // --- options ---

    private synchronized void remember(final OptionSetting setting) {
        if (settings == null) {
            settings = new ArrayList<>();
        }
        settings.add(setting);
    }

    @Override
    public void setOption(final int optionId, final Object value) throws SocketException {
        final StackSocketImpl s = onStack;
        if (s != null) {
            s.setOption(optionId, value);
        } else {
            kernel().setOption(optionId, value);
            remember(new OptionSetting(optionId, null, value));
        }
    }

    @Override
    public Object getOption(final int optionId) throws SocketException {
        final StackSocketImpl s = onStack;
        return s != null ? s.getOption(optionId) : kernel().getOption(optionId);
    }

    @Override
    protected <T> void setOption(final SocketOption<T> name, final T value) throws IOException {
        final StackSocketImpl s = onStack;
        if (s != null) {
            s.setOption(name, value);
        } else {
            KernelSockets.option(kernel(), name, value);
            remember(new OptionSetting(0, name, value));
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    protected <T> T getOption(final SocketOption<T> name) throws IOException {
        final StackSocketImpl s = onStack;
        return s != null ? s.getOption(name) : (T) KernelSockets.option(kernel(), name);
    }

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        final StackSocketImpl s = onStack;
        if (s != null) {
            return s.supportedOptions();
        }
        final Set<SocketOption<?>> options = new HashSet<>(KernelSockets.supportedOptions(kernel));
        final boolean decided = (server ? KernelSockets.localPort(kernel) : KernelSockets.port(kernel)) > 0;
        if (!decided) {
            // It may become the stack's, which has no sharing of ports.
            options.remove(StandardSocketOptions.SO_REUSEPORT);
        }
        return options;
    }
}
