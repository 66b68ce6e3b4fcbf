package io.holdfast.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Rules of dependence between packages. */
final class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .withImportOption(location -> !location.contains("/test-classes/"))
        .importPackages(Floors.ROOT);

    private static final Set<String> CLOCK_OWNERS = Set.of("java.lang.System", "java.time.Clock", "java.time.Instant",
        "java.time.LocalDateTime", "java.time.ZonedDateTime", "java.time.OffsetDateTime",
        "org.agrona.concurrent.SystemNanoClock", "org.agrona.concurrent.SystemEpochClock");
    private static final Set<String> CLOCK_METHODS =
        Set.of("nanoTime", "currentTimeMillis", "now", "systemUTC", "systemDefaultZone", "identityHashCode", "time");

    private static final Set<String> ADDRESS_VALUES = Set.of("java.net.InetAddress", "java.net.Inet4Address",
        "java.net.Inet6Address", "java.net.InetSocketAddress", "java.net.UnknownHostException");

    @Test
    void shouldHaveClassesToJudge() {
        assertTrue(CLASSES.size() > 40, "only " + CLASSES.size() + " classes were found");
    }

    @Test
    void shouldKnowTheFloorOfEveryPackage() {
        final Set<String> unknown = new TreeSet<>();
        CLASSES.forEach(type -> {
            if (!type.getPackageName().equals(Floors.ROOT) && Floors.of(type.getPackageName()).isEmpty()) {
                unknown.add(type.getPackageName());
            }
        });
        assertEquals(Set.of(), unknown);
    }

    @Test
    void shouldUseOnlyLowerFloors() {
        for (final Floors.Group group : Floors.GROUPS) {
            final DescribedPredicate<JavaClass> forbidden = DescribedPredicate.describe(
                "in a package that " + group.name() + " may not use",
                used -> used.getPackageName().startsWith(Floors.ROOT) && !Floors.mayUse(group, used.getPackageName()));
            noClasses().that(DescribedPredicate.describe("in " + group.name(),
                    type -> Floors.of(type.getPackageName()).filter(group::equals).isPresent()))
                .should().dependOnClassesThat(forbidden)
                .allowEmptyShould(true)
                .check(CLASSES);
        }
    }

    @Test
    void shouldKeepThreadsRandomnessAndChannelsOutOfTheCore() {
        final DescribedPredicate<JavaClass> forbidden = DescribedPredicate.describe(
            "a thread, a source of randomness, a channel, a socket or a log", ArchitectureTest::isForbiddenInCore);
        noClasses().that(inCore()).should().dependOnClassesThat(forbidden).check(CLASSES);
    }

    @Test
    void shouldKeepClocksOutOfTheCore() {
        noClasses().that(inCore()).should().callMethodWhere(DescribedPredicate.describe(
            "a clock is read or an identity hash taken",
            (JavaCall<?> call) -> CLOCK_OWNERS.contains(call.getTargetOwner().getName())
                && CLOCK_METHODS.contains(call.getName()))).check(CLASSES);
        noClasses().that(inCore()).should().callMethodWhere(DescribedPredicate.describe("Math.random is called",
            (JavaCall<?> call) -> call.getTargetOwner().getName().equals("java.lang.Math")
                && call.getName().equals("random"))).check(CLASSES);
    }

    @Test
    void shouldBindForeignFunctionsOnlyInOs() {
        noClasses().that().resideOutsideOfPackage("io.holdfast.os..")
            .should().dependOnClassesThat().resideInAnyPackage("jnr..", "com.kenai..", "java.lang.foreign..")
            .check(CLASSES);
    }

    @Test
    void shouldCallTheLibraryOfCOnlyInOsAndTheTapLink() {
        noClasses().that().resideOutsideOfPackages("io.holdfast.os..", "io.holdfast.link.tap..")
            .should().dependOnClassesThat(DescribedPredicate.describe("the C library's calls and numbers",
                used -> used.getName().equals("io.holdfast.os.LibC") || used.getName().equals("io.holdfast.os.Linux")))
            .check(CLASSES);
    }

    @Test
    void shouldLetNothingButTheTopDependOnOps() {
        noClasses().that().resideOutsideOfPackages("io.holdfast.ops..", "io.holdfast.app..")
            .should().dependOnClassesThat().resideInAPackage("io.holdfast.ops..").check(CLASSES);
    }

    @Test
    void shouldDescribeEveryPackage() {
        final Set<String> undescribed = new TreeSet<>();
        CLASSES.forEach(type -> {
            final String name = type.getPackageName();
            if (!PackageSources.hasPackageInfo(name)) {
                undescribed.add(name);
            }
        });
        assertEquals(Set.of(), undescribed, "packages without package-info.java");
    }

    private static DescribedPredicate<JavaClass> inCore() {
        return DescribedPredicate.describe("in the core (util to tcp and membership, links apart)",
            type -> Floors.of(type.getPackageName()).filter(Floors.Group::core).isPresent()
                && !Floors.CORE_EXCEPTIONS.contains(outermost(type)));
    }

    private static String outermost(final JavaClass type) {
        final int dollar = type.getName().indexOf('$');
        return dollar < 0 ? type.getName() : type.getName().substring(0, dollar);
    }

    private static boolean isForbiddenInCore(final JavaClass used) {
        final String name = used.getName();
        final String in = used.getPackageName();
        return name.equals("java.lang.Thread") || name.equals("java.lang.ThreadLocal") || name.equals("java.lang.Process")
            || in.startsWith("java.util.concurrent") && !in.equals("java.util.concurrent.atomic")
                && !name.equals("java.util.concurrent.TimeUnit")
            || name.equals("java.util.Random") || name.equals("java.util.SplittableRandom")
            || name.equals("java.util.UUID") || in.equals("java.util.random")
            || name.equals("java.security.SecureRandom") || name.equals("java.util.Timer")
            || in.startsWith("java.nio.channels") || in.startsWith("java.nio.file") || name.startsWith("java.io.File")
            || in.startsWith("java.net") && !ADDRESS_VALUES.contains(name)
            || in.startsWith("org.slf4j") || in.startsWith("java.util.logging");
    }
}
