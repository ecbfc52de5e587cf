package io.github.leaderelection.testservers;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * One rule of a Role: what may be done with what.
 *
 * @param apiGroup for example {@code coordination.k8s.io}; empty for the core group, where Events are
 * @param resource for example {@code leases}
 * @param resourceName the one object that the rule is about; all, if absent. A {@code create} names none, so that a rule
 *     with a name never allows it
 * @param verbs for example {@code get}, {@code list}, {@code watch}, {@code create}, {@code update}, {@code patch} and
 *     {@code delete}
 */
public record KubeRule(String apiGroup, String resource, Optional<String> resourceName, List<String> verbs) {

    /** A rule; see the parameters of this record. */
    public KubeRule {
        verbs = List.copyOf(verbs);
    }

    /** Something may be done with all Leases of the namespace. */
    public static KubeRule leases(String... verbs) {
        return new KubeRule("coordination.k8s.io", "leases", Optional.empty(), List.of(verbs));
    }

    /** Something may be done with one Lease. */
    public static KubeRule lease(String name, String... verbs) {
        return new KubeRule("coordination.k8s.io", "leases", Optional.of(name), List.of(verbs));
    }

    /** Something may be done with Events. */
    public static KubeRule events(String... verbs) {
        return new KubeRule("", "events", Optional.empty(), List.of(verbs));
    }

    JsonObject toJson() {
        JsonObject rule = new JsonObject();
        rule.add("apiGroups", array(List.of(apiGroup)));
        rule.add("resources", array(List.of(resource)));
        resourceName.ifPresent(name -> rule.add("resourceNames", array(List.of(name))));
        rule.add("verbs", array(verbs));
        return rule;
    }

    private static JsonArray array(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }
}
