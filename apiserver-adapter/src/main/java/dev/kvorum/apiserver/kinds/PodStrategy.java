package dev.kvorum.apiserver.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.quantity.Quantity;
import dev.kvorum.apiserver.quantity.QuantityException;
import dev.kvorum.apiserver.registry.Change;
import dev.kvorum.apiserver.schema.GroupResource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Pods: those that run somewhere are given time to end. */
final class PodStrategy extends BuiltInStrategy {
  private static final long USUAL_GRACE = 30;
  private static final Set<String> COUNTED = Set.of("cpu", "memory");

  PodStrategy(GroupResource resource) {
    super(resource);
  }

  @Override
  public void prepareForCreate(ObjectNode object, Change change) {
    ObjectNode status = object.putObject("status");
    status.put("phase", "Pending");
    status.put("qosClass", qualityOfService(object.path("spec")));
  }

  @Override
  public long graceSeconds(ObjectNode object, long asked) {
    JsonNode spec = object.path("spec");
    long grace =
        asked >= 0 ? asked : spec.path("terminationGracePeriodSeconds").asLong(USUAL_GRACE);
    String phase = object.path("status").path("phase").asText("");
    boolean ended = phase.equals("Succeeded") || phase.equals("Failed");
    boolean nowhere = spec.path("nodeName").asText("").isEmpty();
    return ended || nowhere ? 0 : Math.max(grace, 0);
  }

  /** How firmly a pod has what it uses: by what its containers ask for and are limited to. */
  private static String qualityOfService(JsonNode spec) {
    Map<String, Quantity> requests = new HashMap<>();
    Map<String, Quantity> limits = new HashMap<>();
    boolean guaranteed = true;
    for (String list : new String[] {"containers", "initContainers"}) {
      for (JsonNode container : spec.path(list)) {
        JsonNode resources = container.path("resources");
        add(requests, resources.path("requests"));
        int limited = add(limits, resources.path("limits"));
        guaranteed &= limited == COUNTED.size();
      }
    }
    if (requests.isEmpty() && limits.isEmpty()) {
      return "BestEffort";
    }
    return guaranteed && requests.equals(limits) ? "Guaranteed" : "Burstable";
  }

  /** Adds what is counted of one container; returns how much of it there was. */
  private static int add(Map<String, Quantity> sums, JsonNode amounts) {
    int found = 0;
    for (String name : COUNTED) {
      Quantity amount = amount(amounts.path(name).asText("0"));
      if (amount != null && amount.amount().signum() > 0) {
        found++;
        sums.merge(name, amount, PodStrategy::sum);
      }
    }
    return found;
  }

  private static @Nullable Quantity amount(String text) {
    try {
      return Quantity.parse(text);
    } catch (QuantityException e) {
      return null; // refused when the object was read
    }
  }

  private static Quantity sum(Quantity one, Quantity other) {
    return new Quantity(one.amount().add(other.amount()).stripTrailingZeros(), "");
  }
}
