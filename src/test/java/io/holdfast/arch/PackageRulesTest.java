package io.holdfast.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds the packages' own "may not live here" rules, beyond the floors and the core of {@link ArchitectureTest}. */
final class PackageRulesTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .withImportOption(location -> !location.contains("/test-classes/"))
        .importPackages(Floors.ROOT);

    private static final Set<String> CLOCKS = Set.of("java.lang.System.nanoTime", "java.lang.System.currentTimeMillis",
        "java.time.Instant.now", "java.time.Clock.systemUTC");
    private static final Set<String> BLOCKING = Set.of("java.util.concurrent.locks.LockSupport.park",
        "java.util.concurrent.locks.LockSupport.parkNanos", "java.util.concurrent.locks.LockSupport.parkUntil",
        "java.lang.Thread.sleep", "java.lang.Thread.join", "java.lang.Object.wait", "java.util.concurrent.CountDownLatch.await");

    @Test
    void shouldKeepOsApartFromTheRest() {
        noClasses().that().resideInAPackage("io.holdfast.os..")
            .should().dependOnClassesThat(inHoldfastBut("io.holdfast.os", "io.holdfast.util")).check(CLASSES);
    }

    @Test
    void shouldLetTheEntriesOfTheJarUseTheJdkAlone() {
        noClasses().that().resideInAPackage("io.holdfast.app.launch")
            .should().dependOnClassesThat(DescribedPredicate.describe("neither the JDK's nor their own",
                used -> !used.getBaseComponentType().isPrimitive() && !used.getPackageName().startsWith("java")
                    && !used.getPackageName().startsWith("sun.") && !used.getPackageName().equals("io.holdfast.app.launch")))
            .check(CLASSES);
    }

    @Test
    void shouldShowRecoveryAndCongestionNumbersOnly() {
        noClasses().that().resideInAnyPackage("io.holdfast.tcp.recovery", "io.holdfast.tcp.congestion")
            .should().dependOnClassesThat().resideInAnyPackage("io.holdfast.tcp", "io.holdfast.buffer..", "io.holdfast.wire..")
            .check(CLASSES);
        noClasses().that().resideInAPackage("io.holdfast.tcp.congestion")
            .should().dependOnClassesThat().resideInAPackage("io.holdfast.tcp.recovery").check(CLASSES);
    }

    @Test
    void shouldRunNothingInConfig() {
        noClasses().that().resideInAPackage("io.holdfast.config").should().dependOnClassesThat(RUNNING).check(CLASSES);
    }

    @Test
    void shouldKeepThreadsChannelsAndClocksOutOfReplication() {
        noClasses().that(DescribedPredicate.describe("of replication, but for the log that an application's threads write",
                (JavaClass type) -> type.getPackageName().equals("io.holdfast.replication")
                    && !outermost(type).equals("ApplicationLog")))
            .should().dependOnClassesThat(RUNNING).check(CLASSES);
        noClasses().that().resideInAnyPackage("io.holdfast.replication", "io.holdfast.replication.log")
            .should().callMethodWhere(reads(CLOCKS)).check(CLASSES);
    }

    @Test
    void shouldKeepTheFormatOfRecordsInTheLog() {
        noClasses().that().resideOutsideOfPackages("io.holdfast.replication.log..", "io.holdfast.replication.codec..")
            .should().dependOnClassesThat().resideInAPackage("io.holdfast.replication.codec..").check(CLASSES);
    }

    @Test
    void shouldBlockInTheStackOnlyWhereItIsSaid() {
        noClasses().that(DescribedPredicate.describe("of the stack, and not named in its description",
                (JavaClass type) -> type.getPackageName().equals("io.holdfast.stack")
                    && !Set.of("Baton", "Shard", "ThreadJoin", "ReceiverThread", "SleepPoint").contains(outermost(type))))
            .should().callMethodWhere(reads(BLOCKING)).check(CLASSES);
    }

    private static final DescribedPredicate<JavaClass> RUNNING = DescribedPredicate.describe("a thread, a lock or a channel",
        (JavaClass used) -> used.getName().equals("java.lang.Thread") || used.getPackageName().startsWith("java.nio.channels")
            || used.getPackageName().equals("java.util.concurrent.locks") || used.getName().endsWith("ExecutorService"));

    private static DescribedPredicate<JavaClass> inHoldfastBut(final String own, final String shared) {
        return DescribedPredicate.describe("in another package of Holdfast", used -> used.getPackageName().startsWith(Floors.ROOT)
            && !used.getPackageName().startsWith(own) && !used.getPackageName().equals(shared));
    }

    private static DescribedPredicate<JavaCall<?>> reads(final Set<String> methods) {
        return DescribedPredicate.describe("one of " + methods,
            call -> methods.contains(call.getTargetOwner().getName() + "." + call.getName()));
    }

    private static String outermost(final JavaClass type) {
        final String name = type.getName().substring(type.getPackageName().length() + 1);
        final int dollar = name.indexOf('$');
        return dollar < 0 ? name : name.substring(0, dollar);
    }
}
