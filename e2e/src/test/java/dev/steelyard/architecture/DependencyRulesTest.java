package dev.steelyard.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.steelyard.method.Method;
import java.util.Arrays;
import java.util.Set;

/** Who may know whom: {@code proto ← artifacts ← tensor ← models ← services}; the gateway stands apart. */
@AnalyzeClasses(packages = "dev.steelyard", importOptions = ImportOption.DoNotIncludeTests.class)
class DependencyRulesTest {
    private static final String[] SPRING = {"org.springframework..", "org.apache.kafka.."};

    /** Packages of the services; a new service is added here. */
    private static final Set<String> SERVICES = Set.of("quantizer", "incremental", "probe");

    @ArchTest
    static final ArchRule contracts_know_nothing = only("proto", "proto");

    @ArchTest
    static final ArchRule artifacts_stand_below_all_else = only("artifacts", "artifacts");

    @ArchTest
    static final ArchRule a_method_is_defined_by_itself = only("method", "method", "schema");

    @ArchTest
    static final ArchRule schemas_know_nothing = only("schema", "schema");

    @ArchTest
    static final ArchRule tensors_know_artifacts_only = only("tensor", "tensor", "artifacts");

    @ArchTest
    static final ArchRule models_know_tensors_and_artifacts = only("models", "models", "tensor", "artifacts");

    @ArchTest
    static final ArchRule the_worker_knows_no_tensors = only("worker", "worker", "method", "artifacts", "proto");

    @ArchTest
    static final ArchRule the_gateway_never_sees_tensors_or_methods =
            only("gateway", "gateway", "artifacts", "proto", "schema");

    @ArchTest
    static final ArchRule libraries_below_the_worker_know_no_spring = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.steelyard.artifacts..",
                    "dev.steelyard.method..",
                    "dev.steelyard.tensor..",
                    "dev.steelyard.models..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SPRING);

    @ArchTest
    static final ArchRule services_see_neither_each_other_nor_the_gateway = classes()
            .that(new InServices())
            .should(new ArchCondition<>("keep to their own package and the libraries") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                    String own = second(item.getPackageName());
                    item.getDirectDependenciesFromSelf().stream()
                            .filter(d -> d.getTargetClass().getPackageName().startsWith("dev.steelyard."))
                            .filter(d -> {
                                String other = second(d.getTargetClass().getPackageName());
                                return !other.equals(own)
                                        && (SERVICES.contains(other)
                                                || Set.of("gateway", "launcher", "cli", "embedded")
                                                        .contains(other));
                            })
                            .forEach(d -> events.add(SimpleConditionEvent.violated(d, d.getDescription())));
                }
            });

    @ArchTest
    static final ArchRule method_packages_know_no_spring = classes()
            .that()
            .areAssignableTo(Method.class)
            .and()
            .areNotInterfaces()
            .should(new ArchCondition<>("live in packages without Spring or Kafka") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                    item.getPackage().getClasses().stream()
                            .flatMap(c -> c.getDirectDependenciesFromSelf().stream())
                            .filter(d -> Arrays.stream(SPRING)
                                    .anyMatch(s -> d.getTargetClass()
                                            .getPackageName()
                                            .startsWith(s.substring(0, s.length() - 2))))
                            .forEach(d -> events.add(SimpleConditionEvent.violated(d, d.getDescription())));
                }
            });

    private static ArchRule only(String module, String... allowed) {
        return classes()
                .that()
                .resideInAPackage("dev.steelyard." + module + "..")
                .should(new ArchCondition<>("know of Steelyard only " + String.join(", ", allowed)) {
                    @Override
                    public void check(JavaClass item, ConditionEvents events) {
                        item.getDirectDependenciesFromSelf().stream()
                                .filter(d -> d.getTargetClass().getPackageName().startsWith("dev.steelyard."))
                                .filter(d -> !Arrays.asList(allowed)
                                        .contains(second(d.getTargetClass().getPackageName())))
                                .forEach(d -> events.add(SimpleConditionEvent.violated(d, d.getDescription())));
                    }
                })
                .allowEmptyShould(true);
    }

    /** The word after "dev.steelyard.". */
    private static String second(String packageName) {
        String[] parts = packageName.split("\\.", -1);
        return parts.length > 2 ? parts[2] : "";
    }

    private static final class InServices extends DescribedPredicate<JavaClass> {
        InServices() {
            super("are in a service");
        }

        @Override
        public boolean test(JavaClass item) {
            return item.getPackageName().startsWith("dev.steelyard.")
                    && SERVICES.contains(second(item.getPackageName()));
        }
    }
}
