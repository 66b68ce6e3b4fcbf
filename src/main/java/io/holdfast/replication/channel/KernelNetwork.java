package io.holdfast.replication.channel;

import java.lang.reflect.InvocationTargetException;
import java.nio.channels.spi.SelectorProvider;

/**
 * The kernel's selector provider. The default one may be the stack's, and to ask for the default one would fix it for the
 * life of the JVM before the agent has had its say; so the JDK's own is named.
 */
final class KernelNetwork {
    private KernelNetwork() {
    }

    static SelectorProvider provider() {
        try {
            return (SelectorProvider) Class.forName("sun.nio.ch.DefaultSelectorProvider").getMethod("get").invoke(null);
        } catch (final IllegalAccessException e) {
            return publicProvider(e);
        } catch (final InvocationTargetException e) {
            throw new IllegalStateException("the kernel's SelectorProvider failed", e.getCause());
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no sun.nio.ch.DefaultSelectorProvider", e);
        }
    }

    /** Without access to the JDK's own: the default, if that is the JDK's own. */
    private static SelectorProvider publicProvider(final IllegalAccessException denied) {
        final SelectorProvider provider = SelectorProvider.provider();
        if (provider.getClass().getModule() != Object.class.getModule()) {
            throw new IllegalStateException("the kernel's SelectorProvider is out of reach: start with"
                + " -javaagent:holdfast.jar=FILE, or with --add-exports java.base/sun.nio.ch=ALL-UNNAMED", denied);
        }
        return provider;
    }
}
