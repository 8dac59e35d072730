package dev.steelyard.proto;

/** Record headers: the CloudEvents 1.0 Kafka binding in binary mode, and W3C trace context. */
public final class Headers {
    public static final String CE_SPEC_VERSION = "ce_specversion";
    public static final String CE_ID = "ce_id";
    public static final String CE_SOURCE = "ce_source";
    public static final String CE_TYPE = "ce_type";
    public static final String CE_SUBJECT = "ce_subject";
    public static final String CE_TIME = "ce_time";
    public static final String CONTENT_TYPE = "content-type";
    public static final String TRACE_PARENT = "traceparent";
    public static final String TRACE_STATE = "tracestate";

    public static final String SPEC_VERSION = "1.0";
    public static final String PROTOBUF = "application/protobuf";
    public static final String JSON = "application/json";

    private Headers() {}
}
