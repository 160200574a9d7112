//! The exact requests of a rotation.

use mintage_core::mint::RotationRequest;
use mintage_testbed::issuer::{Era, Membership};

use super::Scene;

/// The API calls, with what differs from run to run replaced.
fn calls(scene: &Scene, new_key_id: &str) -> String {
    let mut lines = String::new();
    for request in scene.issuer.requests() {
        if request.path.starts_with("/oauth") || request.path.starts_with("/.well-known") {
            continue;
        }
        let mut body = request.body.replace(new_key_id, "NEW");
        if let Ok(mut json) = serde_json::from_str::<serde_json::Value>(&body) {
            for (name, shown) in [("publicKey", "BASE64 OF PEM"), ("expirationDate", "2027-11-22T12:00:00.…Z")] {
                if let Some(value) = json.get_mut(name) {
                    let text = value.as_str().expect("it is text");
                    assert!(name != "expirationDate" || text.starts_with("2027-11-22T12:00:00."), "{text}");
                    *value = shown.into();
                }
            }
            body = json.to_string();
        }
        lines.push_str(&format!("{} {} {body}\n", request.method, request.path.replace(new_key_id, "NEW")));
    }
    lines
}

#[tokio::test]
async fn the_requests_are_those_that_real_servers_answered() {
    let scene = Scene::at(Era::V4).await;
    let id = scene.start(&scene.request()).await;
    let done = scene.go_on(id).await.expect("it works");
    let own = calls(&scene, &done.rotation.new_key_id.expect("it has an id"));

    let scene = Scene::at(Era::V2_55).await;
    let admin = scene.administrator(&[Membership::OrgUserManager]).await;
    let id = scene.start(&RotationRequest { by: Some(admin), ..scene.request() }).await;
    let done = scene.go_on(id).await.expect("it works");
    let by_admin = calls(&scene, &done.rotation.new_key_id.expect("it has an id"));
    insta::assert_snapshot!(format!("ITSELF, V2\n{own}\nBY AN ADMINISTRATOR, V1\n{by_admin}"));
}
