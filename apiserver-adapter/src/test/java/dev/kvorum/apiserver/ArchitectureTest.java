package dev.kvorum.apiserver;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The layering of the Kubernetes API. What it knows of objects is pure; of the store it sees the port, in one place. */
@AnalyzeClasses(
    packages = "dev.kvorum.apiserver",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packagesDoNotDependOnEachOtherInACircle =
      slices().matching("dev.kvorum.apiserver.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyStorageKnowsThePort = noClasses()
      .that()
      .resideOutsideOfPackage("dev.kvorum.apiserver.storage..")
      .should()
      .dependOnClassesThat(resideInAPackage("dev.kvorum.store..")
          .and(not(simpleName("Bytes")).as("are more than byte strings")));

  @ArchTest
  static final ArchRule nobodyKnowsWhichStoreIsBehindThePort = noClasses()
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage(
          "dev.kvorum.store.(*)..", "dev.kvorum.grpc..", "dev.kvorum.proto..", "dev.kvorum.cli..");

  @ArchTest
  static final ArchRule schemasAreWhatEverythingElseStandsOn = classes()
      .that()
      .resideInAPackage("dev.kvorum.apiserver.schema..")
      .should()
      .onlyDependOnClassesThat()
      .resideInAnyPackage(
          "java..",
          "org.jspecify.annotations..",
          "com.fasterxml.jackson..",
          "dev.kvorum.apiserver.schema..");
}
