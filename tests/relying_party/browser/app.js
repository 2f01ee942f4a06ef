// An application without a server of its own, which uses oidc-client-ts for all that has to do with its provider.

const config = await (await fetch("/config.json")).json();
const manager = new oidc.UserManager({
    ...config,
    redirect_uri: `${location.origin}/callback`,
    silent_redirect_uri: `${location.origin}/silent`,
    post_logout_redirect_uri: `${location.origin}/bye`,
    scope: "openid profile email",
    loadUserInfo: true,
    automaticSilentRenew: false,
    silentRequestTimeoutInSeconds: 10,
});

const show = (id, text) => { document.getElementById(id).textContent = text; };

function showUser({ profile, access_token }) {
    show("username", profile.preferred_username);
    show("email", profile.email);
    show("access-token", access_token);
}

/** Runs an action when a button is clicked, and shows how it went. */
function on(id, action) {
    document.getElementById(id).addEventListener("click", () =>
        action().catch(error => show("error", error.error ?? String(error))));
}

async function renew(prepare) {
    const user = await manager.getUser();
    prepare(user);
    await manager.storeUser(user);
    showUser(await manager.signinSilent());
    show("renewed", "yes");
}

if (location.pathname === "/silent") {
    await manager.signinSilentCallback();
} else {
    on("sign-in", () => manager.signinRedirect());
    on("sign-out", () => manager.signoutRedirect());
    // It takes a refresh token where it has one, and a hidden frame where it has none.
    on("renew", () => renew(user => { delete user.refresh_token; }));
    on("refresh", () => renew(user => { user.expires_at = 1; }));
    on("revoke", async () => {
        await manager.revokeTokens();
        show("revoked", "yes");
    });
    if (location.pathname === "/callback") {
        try {
            showUser(await manager.signinRedirectCallback());
        } catch (error) {
            show("error", String(error));
        }
    }
    document.getElementById("buttons").hidden = false;
}
