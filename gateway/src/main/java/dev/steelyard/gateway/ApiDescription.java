package dev.steelyard.gateway;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the description of the API says of all operations: the key they need, and how they refuse. */
@Configuration(proxyBeanMethods = false)
class ApiDescription {
    private static final String KEY = "apiKey";
    private static final String PROBLEM = "Problem";

    @Bean
    OpenAPI api() {
        return new OpenAPI()
                .info(new Info()
                        .title("Steelyard")
                        .version("v1")
                        .description("Jobs of methods on content-addressed artifacts. Readers may get, submitters do"
                                + " all but make keys and read the audit, admins everything."))
                .components(new Components()
                        .addSecuritySchemes(
                                KEY,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("bearer")
                                        .bearerFormat("sy_<id>_<secret>")
                                        .description("An API key")))
                .addSecurityItem(new SecurityRequirement().addList(KEY));
    }

    /** Any operation may be refused, always in the same form. */
    @Bean
    OpenApiCustomizer refusals() {
        return api -> {
            api.getComponents().addSchemas(PROBLEM, problem());
            api.getPaths().values().stream()
                    .flatMap(path -> path.readOperations().stream())
                    .forEach(operation -> operation.getResponses().addApiResponse("default", refused()));
        };
    }

    private static ApiResponse refused() {
        return new ApiResponse()
                .description("Refused or failed; the code says why")
                .content(new Content()
                        .addMediaType(
                                "application/problem+json",
                                new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM))));
    }

    private static Schema<Object> problem() {
        Schema<Object> problem = new ObjectSchema();
        problem.setDescription("RFC 9457");
        problem.setRequired(List.of("type", "title", "status", "detail", "code"));
        problem.addProperty("type", new StringSchema().example("urn:steelyard:problem:invalid-field"));
        problem.addProperty("title", new StringSchema());
        problem.addProperty("status", new IntegerSchema());
        problem.addProperty("detail", new StringSchema().description("one line for people"));
        problem.addProperty("code", new StringSchema().description("stable").example("invalid-field"));
        problem.addProperty("field", new StringSchema().description("JSON pointer of the field at fault"));
        problem.addProperty("file", new StringSchema().description("file at fault"));
        problem.addProperty("tensor", new StringSchema().description("tensor at fault"));
        return problem;
    }
}
