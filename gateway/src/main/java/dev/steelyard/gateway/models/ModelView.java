package dev.steelyard.gateway.models;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;

/**
 * A model as REST shows it.
 *
 * @param description of the newest version
 * @param versions oldest first
 * @param aliases alias to version
 */
@Schema(name = "Model")
record ModelView(String name, String description, List<VersionView> versions, Map<String, Integer> aliases) {}
