package io.holdfast.lab.guest;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.util.Collections;
import java.util.stream.Collectors;

/** Looks an address up in every way that servers do before they bind. Argument: the address. */
public final class Interfaces {
    private Interfaces() {
    }

    public static void main(final String[] arguments) throws Exception {
        final InetAddress address = InetAddress.getByName(arguments[0]);
        final NetworkInterface found = NetworkInterface.getByInetAddress(address);
        System.out.println("by address: " + text(found));
        System.out.println("by name: " + text(NetworkInterface.getByName(found.getName())));
        System.out.println("by number: " + text(NetworkInterface.getByIndex(found.getIndex())));
        System.out.println("enumerated: " + Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
            .filter(found::equals).map(Interfaces::text).collect(Collectors.toList()));
        System.out.println("streamed: " + NetworkInterface.networkInterfaces().filter(found::equals).map(Interfaces::text)
            .collect(Collectors.toList()));
        System.out.println("up: " + found.isUp());
        System.out.println("reachable: " + address.isReachable(10));
        System.out.println("loopback: " + text(NetworkInterface.getByInetAddress(InetAddress.getByName("127.0.0.1"))));
        System.out.println("nobody: " + NetworkInterface.getByInetAddress(InetAddress.getByName("192.0.2.1")) + " "
            + NetworkInterface.getByName("none"));
    }

    private static String text(final NetworkInterface of) {
        return of.getName() + Collections.list(of.getInetAddresses()).stream().filter(Inet4Address.class::isInstance)
            .map(InetAddress::getHostAddress).collect(Collectors.toList())
            + of.getInterfaceAddresses().stream().filter(a -> a.getAddress() instanceof Inet4Address)
                .map(InterfaceAddress::toString).collect(Collectors.toList());
    }
}
