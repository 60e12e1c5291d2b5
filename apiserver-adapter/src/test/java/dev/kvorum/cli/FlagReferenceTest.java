package dev.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FlagReferenceTest {
  private static final Path PAGE = Path.of("..", "deploy", "docs", "flags.md");

  /** After a change of the flags: -Dwrite.flags=true writes the page anew. */
  @Test
  void thePageIsWhatTheProgramReads() throws IOException {
    if (Boolean.getBoolean("write.flags")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, FlagReference.markdown());
    }
    assertThat(Files.readString(PAGE))
        .as(
            "deploy/docs/flags.md; to write it: mvn test -Dtest=FlagReferenceTest -Dwrite.flags=true")
        .isEqualTo(FlagReference.markdown());
  }

  @Test
  void everyFlagThatDoesSomethingIsExplainedUnderAHeading() {
    for (Flag flag : ServerFlags.all()) {
      if (flag.support() == Flag.Support.USED || flag.support() == Flag.Support.SHOWN) {
        assertThat(ServerFlags.groupOf(flag)).as(flag.option()).isNotEmpty();
        assertThat(flag.description()).as(flag.option()).isNotEmpty();
      }
    }
  }
}
