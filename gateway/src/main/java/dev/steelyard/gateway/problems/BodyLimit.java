package dev.steelyard.gateway.problems;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Refuses bodies that would not fit into memory. Files of uploads are not read into it and have bounds of their own. */
@Component
class BodyLimit extends OncePerRequestFilter {
    private static final String UPLOADED_FILE = "/v1/artifacts/uploads/[^/]+/files/.*";

    private final DataSize most;
    private final HandlerExceptionResolver problems;

    BodyLimit(BodySettings settings, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        this.most = settings.maxBody();
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getMethod().equals("PUT") && request.getRequestURI().matches(UPLOADED_FILE);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > most.toBytes()) {
            response.setHeader(HttpHeaders.CONNECTION, "close"); // the body stays unread
            problems.resolveException(request, response, null, tooLarge());
        } else {
            chain.doFilter(new Bounded(request), response);
        }
    }

    private ProblemException tooLarge() {
        return ProblemException.tooLarge("the request's body has more than " + most.toBytes()
                + " bytes; send less at a time, files as an upload");
    }

    /** A request whose body may come in chunks, with no word of its length. */
    private final class Bounded extends HttpServletRequestWrapper {
        Bounded(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new Counted(super.getInputStream());
        }
    }

    private final class Counted extends ServletInputStream {
        private final ServletInputStream body;
        private long left = most.toBytes();

        Counted(ServletInputStream body) {
            this.body = body;
        }

        @Override
        public int read() throws IOException {
            int one = body.read();
            count(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = body.read(into, offset, length);
            count(read);
            return read;
        }

        private void count(int read) {
            left -= Math.max(0, read);
            if (left < 0) {
                throw tooLarge();
            }
        }

        @Override
        public boolean isFinished() {
            return body.isFinished();
        }

        @Override
        public boolean isReady() {
            return body.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            body.setReadListener(listener);
        }
    }
}
