package dev.kvorum.store;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** The layering of this module. Whatever an arrow here does not allow is not allowed. */
@AnalyzeClasses(
    packages = {"dev.kvorum.store", "dev.kvorum.tls"},
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  /** The JDK and annotations, which every package may use. */
  private static final String[] GROUND = {
    "java..", "org.jspecify.annotations..", "com.google.errorprone.annotations.."
  };

  /** The replicated state: what is computed here must come out the same on every member. */
  private static final String[] REPLICATED = {
    "dev.kvorum.store.tree..",
    "dev.kvorum.store.mvcc..",
    "dev.kvorum.store.lease..",
    "dev.kvorum.store.auth..",
    "dev.kvorum.store.alarm..",
    "dev.kvorum.store.cluster..",
    "dev.kvorum.store.command..",
    "dev.kvorum.store.apply.."
  };

  @ArchTest
  static final ArchRule packagesDoNotDependOnEachOtherInACircle =
      slices().matching("dev.kvorum.store.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

  @ArchTest
  static final ArchRule thePortKnowsNothingBelowIt = mayUse("dev.kvorum.store", "dev.kvorum.store");

  @ArchTest
  static final ArchRule theEngineIsAnInterfaceOfItsOwn =
      mayUse("dev.kvorum.store.engine", "dev.kvorum.store", "dev.kvorum.store.engine");

  @ArchTest
  static final ArchRule mvccIsPure = mayUse(
      "dev.kvorum.store.mvcc..",
      "dev.kvorum.store",
      "dev.kvorum.store.engine",
      "dev.kvorum.store.tree",
      "dev.kvorum.store.mvcc..");

  @ArchTest
  static final ArchRule theTreeKnowsNothing =
      mayUse("dev.kvorum.store.tree..", "dev.kvorum.store.tree..");

  @ArchTest
  static final ArchRule leasesArePure = mayUse(
      "dev.kvorum.store.lease..",
      "dev.kvorum.store",
      "dev.kvorum.store.engine",
      "dev.kvorum.store.tree",
      "dev.kvorum.store.lease..");

  @ArchTest
  static final ArchRule authIsPure = mayUse(
      "dev.kvorum.store.auth..",
      "dev.kvorum.store",
      "dev.kvorum.store.engine",
      "dev.kvorum.store.auth..");

  @ArchTest
  static final ArchRule alarmsArePure = mayUse(
      "dev.kvorum.store.alarm..",
      "dev.kvorum.store",
      "dev.kvorum.store.engine",
      "dev.kvorum.store.alarm..");

  @ArchTest
  static final ArchRule membershipIsPure = mayUse(
      "dev.kvorum.store.cluster..",
      "dev.kvorum.store",
      "dev.kvorum.store.engine",
      "dev.kvorum.store.cluster..");

  @ArchTest
  static final ArchRule commandsAreDataAndTheirEncoding =
      mayUse("dev.kvorum.store.command..", "dev.kvorum.store", "dev.kvorum.store.command..");

  @ArchTest
  static final ArchRule applyKnowsStateAndCommandsOnly = mayUse(
      "dev.kvorum.store.apply..",
      "dev.kvorum.store",
      "dev.kvorum.store.engine",
      "dev.kvorum.store.mvcc..",
      "dev.kvorum.store.lease..",
      "dev.kvorum.store.auth..",
      "dev.kvorum.store.alarm..",
      "dev.kvorum.store.cluster..",
      "dev.kvorum.store.command..",
      "dev.kvorum.store.apply..");

  @ArchTest
  static final ArchRule certificatesKnowNobodyWhoServes =
      mayUse("dev.kvorum.tls..", "javax..", "org.slf4j..", "dev.kvorum.tls..");

  @ArchTest
  static final ArchRule watchReadsHistoryAndNothingElse = mayUse(
      "dev.kvorum.store.watch..",
      "org.slf4j..",
      "dev.kvorum.store",
      "dev.kvorum.store.engine",
      "dev.kvorum.store.mvcc..",
      "dev.kvorum.store.watch..");

  @ArchTest
  static final ArchRule ratisStaysInStoreRaft = noClasses()
      .that()
      .resideOutsideOfPackage("dev.kvorum.store.raft..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage("org.apache.ratis..")
      .allowEmptyShould(true);

  @ArchTest
  static final ArchRule rocksDbStaysInStoreEngineRocksdb = noClasses()
      .that()
      .resideOutsideOfPackage("dev.kvorum.store.engine.rocksdb..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage("org.rocksdb..")
      .allowEmptyShould(true);

  @ArchTest
  static final ArchRule rocksDbIsBehindTheEngineAlone = mayUse(
      "dev.kvorum.store.engine.rocksdb..",
      "org.rocksdb..",
      "org.slf4j..",
      "dev.kvorum.store",
      "dev.kvorum.store.engine..");

  /** Time, chance and scheduling differ between members; they arrive in commands or not at all. */
  @ArchTest
  static final ArchRule replicatedStateIsAFunctionOfTheLog = noClasses()
      .that()
      .resideInAnyPackage(REPLICATED)
      .should()
      .dependOnClassesThat()
      .belongToAnyOf(
          Clock.class,
          Instant.class,
          LocalDateTime.class,
          ZonedDateTime.class,
          Random.class,
          RandomGenerator.class,
          SecureRandom.class,
          SplittableRandom.class,
          ThreadLocalRandom.class,
          UUID.class,
          Thread.class,
          Timer.class)
      .orShould()
      .dependOnClassesThat()
      .areAssignableTo(Executor.class)
      .orShould()
      .callMethod(System.class, "currentTimeMillis")
      .orShould()
      .callMethod(System.class, "nanoTime")
      .orShould()
      .callMethod(System.class, "identityHashCode", Object.class)
      .orShould()
      .callMethod(Math.class, "random")
      .allowEmptyShould(true);

  private static ArchRule mayUse(String user, String... used) {
    String[] allowed = new String[GROUND.length + used.length];
    System.arraycopy(GROUND, 0, allowed, 0, GROUND.length);
    System.arraycopy(used, 0, allowed, GROUND.length, used.length);
    return classes()
        .that()
        .resideInAPackage(user)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed)
        .allowEmptyShould(true);
  }
}
