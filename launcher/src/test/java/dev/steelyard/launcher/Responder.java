package dev.steelyard.launcher;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A small program that says it is ready, to be watched over by a test. */
final class Responder {
    private Responder() {}

    /** @param args the port; "fail": ends at once with a last word */
    public static void main(String[] args) throws IOException {
        if (args[0].equals("fail")) {
            System.err.println("the key of the house is lost");
            System.exit(3);
        }
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        HttpServer server = HttpServer.create(address, 1);
        server.createContext("/actuator/health/readiness", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }
}
