package io.holdfast.app.agent;

import io.holdfast.socket.HoldfastStack;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Makes the stack's addresses those of its device where a program looks an address up among the interfaces, as servers do before
 * they bind: {@code NetworkInterface} in all its ways of asking, and {@code InetAddress.isReachable}. The device is one of the
 * kernel's interfaces, which the JDK leaves out while the kernel has no address for it. Any thread.
 */
final class Interfaces {
    private static final MethodHandle ALL = kernels("getAll", MethodType.methodType(NetworkInterface[].class));
    private static final MethodHandle NAMED = kernels("getByName0", MethodType.methodType(NetworkInterface.class, String.class));
    private static final MethodHandle NEW = constructor(NetworkInterface.class, String.class, int.class, InetAddress[].class);
    private static final VarHandle DISPLAY_NAME = field(NetworkInterface.class, "displayName", String.class);
    private static final VarHandle ADDRESSES = field(NetworkInterface.class, "addrs", InetAddress[].class);
    private static final VarHandle BINDINGS = field(NetworkInterface.class, "bindings", InterfaceAddress[].class);
    private static final VarHandle BOUND_ADDRESS = field(InterfaceAddress.class, "address", InetAddress.class);
    private static final VarHandle BOUND_PREFIX = field(InterfaceAddress.class, "maskLength", short.class);
    private static final MethodHandle NEW_BINDING = constructor(InterfaceAddress.class);

    private final HoldfastStack stack;
    private final String device;
    private final int deviceNumber;
    private final List<InetAddress> addresses;
    private final int prefixLength;

    Interfaces(final HoldfastStack stack, final String device, final List<InetAddress> addresses, final int prefixLength) {
        this.stack = stack;
        this.device = device;
        deviceNumber = number(device);
        this.addresses = addresses;
        this.prefixLength = prefixLength;
    }

    Map<Place, Function<Object, Object>> answers() {
        return Map.of(
            Place.INTERFACE_OF, address -> address != null && stack.owns((InetAddress) address) ? named(device) : null,
            Place.INTERFACE_NAMED, name -> device.equals(name) ? named(device) : null,
            Place.INTERFACE_NUMBERED, number -> numbered((Integer) number),
            Place.INTERFACES, nothing -> Collections.enumeration(Arrays.asList(all())),
            Place.INTERFACE_STREAM, nothing -> Arrays.stream(all()),
            Place.REACHABLE, address -> stack.owns((InetAddress) address) ? Boolean.TRUE : null);
    }

    private NetworkInterface named(final String name) {
        try {
            final NetworkInterface kernels = (NetworkInterface) NAMED.invokeExact(name);
            return withAddresses(kernels != null ? kernels : made());
        } catch (final Throwable e) {
            throw Interfaces.<RuntimeException>sneaky(e);
        }
    }

    private NetworkInterface numbered(final int number) {
        return number >= 0 && number == deviceNumber ? named(device) : null;
    }

    private NetworkInterface made() throws Throwable {
        final NetworkInterface made = (NetworkInterface) NEW.invokeExact(device, deviceNumber, new InetAddress[0]);
        DISPLAY_NAME.set(made, device);
        BINDINGS.set(made, new InterfaceAddress[0]);
        return made;
    }

    private NetworkInterface[] all() {
        try {
            final NetworkInterface[] all = (NetworkInterface[]) ALL.invokeExact();
            for (final NetworkInterface each : all) {
                if (device.equals(each.getName())) {
                    withAddresses(each);
                    return all;
                }
            }
            final NetworkInterface[] more = Arrays.copyOf(all, all.length + 1);
            more[all.length] = withAddresses(made());
            return more;
        } catch (final Throwable e) {
            throw Interfaces.<RuntimeException>sneaky(e);
        }
    }

    /** The JDK makes a new object for each call, so this one is not shared. */
    private NetworkInterface withAddresses(final NetworkInterface of) {
        final InetAddress[] kernels = (InetAddress[]) ADDRESSES.get(of);
        final InterfaceAddress[] bound = (InterfaceAddress[]) BINDINGS.get(of);
        final int before = kernels == null ? 0 : kernels.length;
        final InetAddress[] more = kernels == null ? new InetAddress[addresses.size()]
            : Arrays.copyOf(kernels, before + addresses.size());
        final int boundBefore = bound == null ? 0 : bound.length;
        final InterfaceAddress[] moreBound = bound == null ? new InterfaceAddress[addresses.size()]
            : Arrays.copyOf(bound, boundBefore + addresses.size());
        for (int i = 0; i < addresses.size(); i++) {
            more[before + i] = addresses.get(i);
            moreBound[boundBefore + i] = binding(addresses.get(i));
        }
        ADDRESSES.set(of, more);
        BINDINGS.set(of, moreBound);
        return of;
    }

    private InterfaceAddress binding(final InetAddress address) {
        try {
            final InterfaceAddress made = (InterfaceAddress) NEW_BINDING.invokeExact();
            BOUND_ADDRESS.set(made, address);
            BOUND_PREFIX.set(made, (short) prefixLength);
            return made;
        } catch (final Throwable e) {
            throw Interfaces.<RuntimeException>sneaky(e);
        }
    }

    private static MethodHandles.Lookup in(final Class<?> type) throws IllegalAccessException {
        return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
    }

    private static MethodHandle kernels(final String name, final MethodType type) {
        try {
            return in(NetworkInterface.class).findStatic(NetworkInterface.class, name, type);
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK's NetworkInterface has no " + name, e);
        }
    }

    private static VarHandle field(final Class<?> type, final String name, final Class<?> of) {
        try {
            return in(type).findVarHandle(type, name, of);
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK's " + type.getSimpleName() + " has no " + name, e);
        }
    }

    private static MethodHandle constructor(final Class<?> type, final Class<?>... parameters) {
        try {
            return in(type).findConstructor(type, MethodType.methodType(void.class, parameters));
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK's " + type.getSimpleName() + " cannot be made", e);
        }
    }

    /** The kernel's number of a device; -1 if it tells none. */
    private static int number(final String device) {
        try {
            return Integer.parseInt(Files.readString(Path.of("/sys/class/net", device, "ifindex")).trim());
        } catch (final IOException | NumberFormatException e) {
            return -1;
        }
    }

    /** Rethrows what the JDK threw, as it is. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneaky(final Throwable e) throws E {
        throw (E) e;
    }
}
