package dev.steelyard.gateway.models;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;

/** A version of a model: a number, counted from 1, and the artifact it stands for. */
@Schema(name = "ModelVersion")
record VersionView(String model, int version, String artifact, String description, Instant createdAt) {}
