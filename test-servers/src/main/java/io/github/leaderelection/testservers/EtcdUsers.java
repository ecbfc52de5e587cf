package io.github.leaderelection.testservers;

import com.google.gson.JsonObject;

/** The users of an etcd member, and what they may do. */
public final class EtcdUsers {

    /** What a user may do with the keys below a prefix. */
    public enum Permission {
        /** Read alone. */
        READ,
        /** Write alone. */
        WRITE,
        /** Both. */
        READWRITE
    }

    private final EtcdGateway gateway;

    EtcdUsers(EtcdGateway gateway) {
        this.gateway = gateway;
    }

    /** Adds a user who may do nothing yet. */
    public void add(String user, String password) {
        JsonObject body = new JsonObject();
        body.addProperty("name", user);
        body.addProperty("password", password);
        gateway.call("/v3/auth/user/add", body);
    }

    /** Lets a user touch the keys that begin with {@code prefix}, through a role of the user's name. */
    public void grant(String user, Permission permission, String prefix) {
        JsonObject role = new JsonObject();
        role.addProperty("name", user);
        gateway.call("/v3/auth/role/add", role);
        JsonObject range = new JsonObject();
        range.addProperty("permType", permission.name());
        range.addProperty("key", EtcdGateway.base64(prefix));
        range.addProperty("range_end", EtcdGateway.base64(endOf(prefix)));
        JsonObject grant = new JsonObject();
        grant.addProperty("name", user);
        grant.add("perm", range);
        gateway.call("/v3/auth/role/grant", grant);
        give(user, user);
    }

    private void give(String user, String role) {
        JsonObject body = new JsonObject();
        body.addProperty("user", user);
        body.addProperty("role", role);
        gateway.call("/v3/auth/user/grant", body);
    }

    /** The first key after all that begin with {@code prefix}. */
    private static String endOf(String prefix) {
        int last = prefix.length() - 1;
        return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
    }

    /** Changes the password of a user; the user's tokens end. */
    public void changePassword(String user, String password) {
        JsonObject body = new JsonObject();
        body.addProperty("name", user);
        body.addProperty("password", password);
        gateway.call("/v3/auth/user/changepw", body);
    }

    /** Adds the user {@code root} and demands a user from every client from now on. */
    public void enable(String rootPassword) {
        add("root", rootPassword);
        JsonObject role = new JsonObject();
        role.addProperty("name", "root");
        gateway.call("/v3/auth/role/add", role);
        give("root", "root");
        gateway.call("/v3/auth/enable", new JsonObject());
        gateway.asRoot(rootPassword);
    }
}
