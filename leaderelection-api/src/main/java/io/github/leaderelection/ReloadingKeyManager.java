package io.github.leaderelection;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Offers the certificate that the files hold now. A handshake asks thrice (alias, chain, key), so the alias says which
 * edition of the files it is from: else a chain could come from before a change and its key from after it.
 */
final class ReloadingKeyManager extends X509ExtendedKeyManager {

    private final TlsFiles files;

    ReloadingKeyManager(TlsFiles files) {
        this.files = files;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        TlsFiles.Edition edition = files.current();
        return mark(edition, edition.material().keyManager().chooseClientAlias(keyTypes, issuers, socket));
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        TlsFiles.Edition edition = files.current();
        return mark(edition, edition.material().keyManager().chooseEngineClientAlias(keyTypes, issuers, engine));
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        TlsFiles.Edition edition = files.current();
        return mark(edition, edition.material().keyManager().chooseServerAlias(keyType, issuers, socket));
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        TlsFiles.Edition edition = files.current();
        return mark(edition, edition.material().keyManager().chooseEngineServerAlias(keyType, issuers, engine));
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        TlsFiles.Edition edition = files.current();
        return markAll(edition, edition.material().keyManager().getClientAliases(keyType, issuers));
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        TlsFiles.Edition edition = files.current();
        return markAll(edition, edition.material().keyManager().getServerAliases(keyType, issuers));
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return material(alias)
                .map(material -> material.certificateChain().toArray(X509Certificate[]::new))
                .orElse(null);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return material(alias).map(TlsMaterial::privateKey).orElse(null);
    }

    private static @Nullable String mark(TlsFiles.Edition edition, @Nullable String alias) {
        return alias == null ? null : edition.number() + ":" + alias;
    }

    private static String @Nullable [] markAll(TlsFiles.Edition edition, String @Nullable [] aliases) {
        return aliases == null
                ? null
                : Stream.of(aliases)
                        .map(alias -> edition.number() + ":" + alias)
                        .toArray(String[]::new);
    }

    /** Of the edition in which {@code alias} was chosen. Each holds one key, so the rest of the alias says nothing. */
    private Optional<TlsMaterial> material(String alias) {
        int colon = alias.indexOf(':');
        if (colon < 1 || !alias.chars().limit(colon).allMatch(Character::isDigit)) {
            return Optional.empty();
        }
        return files.find(Long.parseLong(alias.substring(0, colon))).map(TlsFiles.Edition::material);
    }
}
