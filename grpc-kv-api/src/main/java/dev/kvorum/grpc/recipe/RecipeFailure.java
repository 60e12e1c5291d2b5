package dev.kvorum.grpc.recipe;

/** What a recipe itself has to say, beside the failures of the store. The message is for the client, word for word. */
public final class RecipeFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Creates a failure with the exact text for the client. */
  public RecipeFailure(String text) {
    super(text, null, false, false);
  }

  static RecipeFailure sessionExpired() {
    return new RecipeFailure("mutex: session is expired");
  }

  static RecipeFailure notLeader() {
    return new RecipeFailure("election: not leader");
  }

  static RecipeFailure noLeader() {
    return new RecipeFailure("election: no leader");
  }
}
