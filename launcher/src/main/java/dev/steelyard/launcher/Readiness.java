package dev.steelyard.launcher;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.locks.LockSupport;

/** Asks a process whether it can do its work. */
final class Readiness {
    private static final int MILLISECONDS = 1000;
    private static final long BETWEEN_NANOS = 50_000_000L;

    private Readiness() {}

    /** Whether {@code GET <url>/actuator/health/readiness} answers 200 within a second. */
    static boolean ready(URI url) {
        try {
            // Not the newer HTTP client: it costs a second of start-up on a busy machine.
            HttpURLConnection connection = (HttpURLConnection)
                    url.resolve("/actuator/health/readiness").toURL().openConnection(java.net.Proxy.NO_PROXY);
            connection.setConnectTimeout(MILLISECONDS);
            connection.setReadTimeout(MILLISECONDS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether something accepts connections at the host and port of an address within a second. */
    static boolean listens(URI address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), MILLISECONDS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static void pause() {
        LockSupport.parkNanos(BETWEEN_NANOS);
        if (Thread.currentThread().isInterrupted()) {
            throw new LauncherException("interrupted while waiting for a process");
        }
    }
}
