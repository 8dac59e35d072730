package dev.steelyard.worker;

import dev.steelyard.proto.Headers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** The W3C trace context of a record, passed on as it came. */
record Trace(List<Header> headers) {

    static Trace of(org.apache.kafka.common.header.Headers record) {
        Header parent = record.lastHeader(Headers.TRACE_PARENT);
        Header state = record.lastHeader(Headers.TRACE_STATE);
        if (parent == null) {
            return new Trace(List.of());
        }
        return new Trace(state == null ? List.of(parent) : List.of(parent, state));
    }

    static Header text(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
