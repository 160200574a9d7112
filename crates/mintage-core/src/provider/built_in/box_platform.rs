//! Box platform apps with server authentication.

use super::*;

pub(super) fn provider() -> Provider {
    Provider {
        id: id("box"),
        name: "Box".into(),
        summary: "Platform apps with server authentication (JWT), using the developer console's settings file.".into(),
        issuer_example: "https://api.box.com".into(),
        issuer_is_fixed: true,
        endpoints: Endpoints {
            token: Some("{base}/oauth2/token".into()),
            userinfo: Some("{base}/2.0/users/me".into()),
            revocation: Some("{base}/oauth2/revoke".into()),
            ..Endpoints::default()
        },
        parameters: vec![parameter(
            "subjectType",
            "Subject type",
            "`enterprise` for the app's service account, `user` for one user",
            true,
        )],
        ids: IdNames {
            user_id: "Enterprise or user id".into(),
            client_id: "Client id".into(),
            key_id: "Public key id".into(),
        },
        key_files: KeyFiles {
            rules: vec![KeyFileRule {
                name: "Application settings (Box)".into(),
                matches: named([("/boxAppSettings", "")]),
                private_key: "/boxAppSettings/appAuth/privateKey".into(),
                passphrase: "/boxAppSettings/appAuth/passphrase".into(),
                client_secret: "/boxAppSettings/clientSecret".into(),
                user_id: "/enterpriseID".into(),
                client_id: "/boxAppSettings/clientID".into(),
                key_id: "/boxAppSettings/appAuth/publicKeyID".into(),
                ..KeyFileRule::default()
            }],
            ..KeyFiles::default()
        },
        private_key: Some(KeyGrant {
            issuer: "{clientId}".into(),
            audience: texts(&["{tokenEndpoint}"]),
            claims: named([("box_sub_type", "{subjectType}")]),
            with_client_secret: true,
            // The file names the enterprise; an app may also act for one of its users.
            speaks_for_users: true,
            algorithms: vec![Rs256, Rs384, Rs512],
            lifetime: 45,
            lifetime_cap: 60,
            backdate: 0,
            ..KeyGrant::default()
        }),
        client_secret: Some(SecretGrant {
            place: SecretPlace::Post,
            fields: named([("box_subject_type", "{subjectType}"), ("box_subject_id", "{userId}")]),
            ..SecretGrant::default()
        }),
        response: ResponseMap { scope: String::new(), ..ResponseMap::default() },
        scopes: ScopeRules { place: ScopePlace::None, ..ScopeRules::default() },
        userinfo: UserinfoRules { subject: String::new(), ..UserinfoRules::default() },
        recipes: recipes::console(
            "Box’s Developer Console",
            PublicForm::SpkiPem,
            true,
            "Open the app in the Developer Console, choose Configuration, then Add a Public Key. Box asks for a second factor. Enter the key’s id that it shows.",
        ),
        clock_tolerance: 10,
        refusals: refusals("Box", rules()),
        ..Provider::default()
    }
}

/// Sources: Box's guide on JWT authentication and its errors, and public reports.
fn rules() -> Vec<RefusalRule> {
    vec![
        says("'exp' claim", Reason::TimesRefused),
        says("'iat' claim", Reason::TooEarly),
        says("'jti' claim", Reason::JwtIdRefused),
        says("'iss' claim", Reason::ClientUnknown),
        says("'sub' claim", Reason::UserInactive),
        says("'aud' claim", Reason::AudienceRefused),
        says("'kid'", Reason::KeyUnknown),
        says("signature", Reason::KeyDiffers),
        says("public key", Reason::KeyUnknown),
        // Returned when the client id and secret are right.
        says("grant credentials are invalid", Reason::ConsentMissing)
            .explains("The app isn't authorized in this enterprise, or the id of the enterprise or user is wrong")
            .help("Authorize the app in the Admin Console, and compare the id with the one shown there"),
        says("client_id or client_secret", Reason::SecretWrong),
        says("client credentials are invalid", Reason::SecretWrong),
        says("based on the enterprise configuration", Reason::GrantNotAllowed)
            .help("Choose App + Enterprise Access for the app, then renew its authorization in the Admin Console"),
        says("not been authorized by your administrator", Reason::ConsentMissing),
        says("not authorized by the enterprise admin", Reason::ConsentMissing),
        says("app is disabled", Reason::ClientDisabled),
        error("unauthorized_client", Reason::ConsentMissing),
    ]
}
