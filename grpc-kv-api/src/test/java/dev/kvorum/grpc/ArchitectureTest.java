package dev.kvorum.grpc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The layering of this module. It sees the port; which store is behind it, only the mains know. */
@AnalyzeClasses(packages = "dev.kvorum.grpc", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packagesDoNotDependOnEachOtherInACircle =
      slices().matching("dev.kvorum.grpc.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

  @ArchTest
  static final ArchRule wireTranslatesBetweenMessagesAndThePortOnly = classes()
      .that()
      .resideInAPackage("dev.kvorum.grpc.wire..")
      .should()
      .onlyDependOnClassesThat()
      .resideInAnyPackage(
          "java..",
          "org.jspecify.annotations..",
          "com.google.errorprone.annotations..",
          "com.google.protobuf..",
          "dev.kvorum.proto..",
          "dev.kvorum.store",
          "dev.kvorum.grpc.wire..")
      .allowEmptyShould(true);

  /** The root package holds the mains, the wiring and nothing else. */
  @ArchTest
  static final ArchRule onlyTheMainsKnowWhichStoreIsBehindThePort = noClasses()
      .that()
      .resideInAPackage("dev.kvorum.grpc.(*)..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage("dev.kvorum.store.(*)..")
      .allowEmptyShould(true);

  @ArchTest
  static final ArchRule nobodyHereKnowsRaftOrTheEngine = noClasses()
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("org.apache.ratis..", "org.rocksdb..")
      .allowEmptyShould(true);

  @ArchTest
  static final ArchRule nobodyDependsOnTheMains = noClasses()
      .that()
      .resideInAPackage("dev.kvorum.grpc.(*)..")
      .should()
      .dependOnClassesThat()
      .resideInAPackage("dev.kvorum.grpc")
      .allowEmptyShould(true);
}
