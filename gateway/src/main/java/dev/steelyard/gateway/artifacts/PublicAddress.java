package dev.steelyard.gateway.artifacts;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/** Tells addresses of the open internet from those of this machine, its networks and its neighbours. */
final class PublicAddress {
    private PublicAddress() {}

    static boolean is(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? publicV4(bytes, 0) : publicV6((Inet6Address) address, bytes);
    }

    private static boolean publicV4(byte[] b, int at) {
        int first = b[at] & 0xff;
        int second = b[at + 1] & 0xff;
        boolean shared = first == 100 && (second & 0xc0) == 64; // 100.64/10
        boolean protocol = first == 192 && second == 0; // 192.0.0/24, 192.0.2/24
        boolean benchmark = first == 198 && (second & 0xfe) == 18; // 198.18/15
        boolean priv = first == 10
                || first == 127
                || (first == 172 && (second & 0xf0) == 16)
                || (first == 192 && second == 168)
                || (first == 169 && second == 254);
        return !(first == 0 || first >= 224 || shared || protocol || benchmark || priv);
    }

    private static boolean publicV6(Inet6Address address, byte[] b) {
        boolean uniqueLocal = (b[0] & 0xfe) == 0xfc; // fc00::/7
        boolean nat64 = b[0] == 0 && b[1] == 0x64 && (b[2] & 0xff) == 0xff && (b[3] & 0xff) == 0x9b; // 64:ff9b::/96
        boolean sixToFour = b[0] == 0x20 && b[1] == 0x02; // 2002::/16
        boolean compatible = address.isIPv4CompatibleAddress();
        if (nat64 || compatible) {
            return publicV4(b, 12);
        }
        return sixToFour ? publicV4(b, 2) : !uniqueLocal;
    }
}
