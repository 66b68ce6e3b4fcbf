package io.holdfast.nio;

import java.lang.reflect.InvocationTargetException;
import java.nio.channels.spi.SelectorProvider;

/** Finds the kernel's provider, also where the default one is ours. */
final class KernelProvider {
    static final String PROPERTY = "java.nio.channels.spi.SelectorProvider";

    private KernelProvider() {
    }

    /** @param ours the default provider may be of this class */
    static SelectorProvider find(final Class<? extends SelectorProvider> ours) {
        // Asking for the JVM's provider would settle which that is, or ask for us again: only where there is no other way.
        try {
            return (SelectorProvider) Class.forName("sun.nio.ch.DefaultSelectorProvider").getMethod("get").invoke(null);
        } catch (final IllegalAccessException e) {
            if (!ours.getName().equals(System.getProperty(PROPERTY))) {
                final SelectorProvider provider = SelectorProvider.provider();
                if (!ours.isInstance(provider)) {
                    return provider;
                }
            }
            throw new IllegalStateException(
                "the kernel's SelectorProvider is out of reach: start with -javaagent:holdfast.jar=FILE,"
                    + " or with --add-exports java.base/sun.nio.ch=ALL-UNNAMED", e);
        } catch (final InvocationTargetException e) {
            throw new IllegalStateException("the kernel's SelectorProvider failed", e.getCause());
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no sun.nio.ch.DefaultSelectorProvider", e);
        }
    }
}
