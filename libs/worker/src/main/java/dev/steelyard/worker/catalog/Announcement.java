package dev.steelyard.worker.catalog;

import com.google.protobuf.Timestamp;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Port;
import dev.steelyard.proto.v1.MethodAnnouncement;
import java.time.Instant;

/** What the platform is told about a method. */
public final class Announcement {
    private Announcement() {}

    /** The method's spec as a message. */
    public static MethodAnnouncement of(HostedMethod<?> hosted, Instant now) {
        MethodSpec<?> spec = hosted.spec();
        MethodAnnouncement.Builder message = MethodAnnouncement.newBuilder()
                .setService(hosted.service())
                .setName(spec.name())
                .setVersion(spec.version())
                .setSummary(spec.summary())
                .setPaper(MethodAnnouncement.Paper.newBuilder()
                        .setTitle(spec.paper().title())
                        .setReference(spec.paper().reference()))
                .setDescription(spec.description())
                .setParamsSchemaJson(hosted.params().schema().toString())
                .setShort(spec.isShort())
                .setAnnouncedAt(Timestamp.newBuilder().setSeconds(now.getEpochSecond()));
        spec.inputs().forEach(port -> message.addInputs(port(port)));
        spec.outputs().forEach(port -> message.addOutputs(port(port)));
        for (MethodSpec.Example example : spec.examples()) {
            message.addExamples(MethodAnnouncement.Example.newBuilder()
                    .setTitle(example.title())
                    .setParamsJson(example.paramsJson()));
        }
        return message.build();
    }

    private static MethodAnnouncement.Port port(Port port) {
        return MethodAnnouncement.Port.newBuilder()
                .setName(port.name())
                .setKind(port.kind().wire())
                .setRequired(port.required())
                .setDescription(port.description())
                .build();
    }
}
