package io.github.leaderelection.testservers;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What the users of an API server may do, by roles. The server learns of a changed role a moment after it was written; what
 * is changed here holds when the method returns.
 */
public final class KubeRights {

    private static final Duration EFFECT_MAX = Duration.ofSeconds(20);
    private static final String RBAC = "rbac.authorization.k8s.io";

    /** The mark that every role has, so that its end can be seen. */
    private static final String GRANTED = "granted";

    private final KubeGateway gateway;

    KubeRights(KubeGateway gateway) {
        this.gateway = gateway;
    }

    /**
     * Lets a user do this, and of what this class gave in the namespace nothing else, through a Role and a RoleBinding of
     * the user's name.
     *
     * @param user the name of a token or of a certificate, or {@code system:serviceaccount:NAMESPACE:NAME}
     */
    public void grant(String user, String namespace, KubeRule... rules) {
        KubeRule fresh = mark(UUID.randomUUID().toString());
        JsonArray all = new JsonArray();
        Stream.concat(Stream.of(rules), Stream.of(fresh, mark(GRANTED)))
                .map(KubeRule::toJson)
                .forEach(all::add);
        JsonObject role = object("Role", user);
        role.add("rules", all);
        gateway.call("PUT", path(namespace, "roles", user), role);
        gateway.call("PUT", path(namespace, "rolebindings", user), binding(user));
        await(true, user, namespace, fresh);
    }

    /** Takes away what {@link #grant} gave; harmless if it gave nothing. */
    public void revoke(String user, String namespace) {
        gateway.delete(path(namespace, "rolebindings", user));
        gateway.delete(path(namespace, "roles", user));
        await(false, user, namespace, mark(GRANTED));
    }

    /** Whether a user may now do all that a rule allows, from whatever role; groups of the user are not looked at. */
    public boolean allows(String user, String namespace, KubeRule rule) {
        return rule.verbs().stream().allMatch(verb -> allows(user, namespace, rule, verb));
    }

    private boolean allows(String user, String namespace, KubeRule rule, String verb) {
        JsonObject attributes = new JsonObject();
        attributes.addProperty("namespace", namespace);
        attributes.addProperty("group", rule.apiGroup());
        attributes.addProperty("resource", rule.resource());
        rule.resourceName().ifPresent(name -> attributes.addProperty("name", name));
        attributes.addProperty("verb", verb);
        JsonObject spec = new JsonObject();
        spec.addProperty("user", user);
        spec.add("resourceAttributes", attributes);
        JsonObject review = new JsonObject();
        review.addProperty("apiVersion", "authorization.k8s.io/v1");
        review.addProperty("kind", "SubjectAccessReview");
        review.add("spec", spec);
        return gateway.call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
                .getAsJsonObject("status")
                .get("allowed")
                .getAsBoolean();
    }

    /** A right to something that does not exist. It allows nothing, and shows which roles the server knows of. */
    private static KubeRule mark(String name) {
        return new KubeRule("testservers.leaderelection.github.io", "marks", Optional.of(name), List.of("get"));
    }

    private void await(boolean allowed, String user, String namespace, KubeRule rule) {
        long begin = System.nanoTime();
        while (allows(user, namespace, rule) != allowed) {
            if (System.nanoTime() - begin > EFFECT_MAX.toNanos()) {
                throw new IllegalStateException(
                        "kube-apiserver does not see within " + EFFECT_MAX + " that the rights of " + user + " in "
                                + namespace + " were changed; has the user other roles, that allow everything?");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    private static JsonObject binding(String user) {
        JsonObject subject = new JsonObject();
        subject.addProperty("kind", "User");
        subject.addProperty("apiGroup", RBAC);
        subject.addProperty("name", user);
        JsonArray subjects = new JsonArray();
        subjects.add(subject);
        JsonObject role = new JsonObject();
        role.addProperty("kind", "Role");
        role.addProperty("apiGroup", RBAC);
        role.addProperty("name", user);
        JsonObject binding = object("RoleBinding", user);
        binding.add("subjects", subjects);
        binding.add("roleRef", role);
        return binding;
    }

    private static JsonObject object(String kind, String name) {
        JsonObject metadata = new JsonObject();
        metadata.addProperty("name", name);
        JsonObject object = new JsonObject();
        object.addProperty("apiVersion", RBAC + "/v1");
        object.addProperty("kind", kind);
        object.add("metadata", metadata);
        return object;
    }

    private static String path(String namespace, String collection, String name) {
        return "/apis/" + RBAC + "/v1/namespaces/" + namespace + "/" + collection + "/" + name;
    }
}
