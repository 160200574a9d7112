//! Verbs that look **into tokens**: `claims`, `verify` and `diff`.

use mintage_cli::args::{DiffArgs, Global, TokenOrUserArgs, VerifyArgs};
use mintage_cli::failure::{Exit, Failure};
use mintage_cli::output::{Columns, Moment};
use mintage_cli::request::TokenSource;
use mintage_core::claims::{self, Change, Claim, ClaimDifference, UnverifiedClaims};
use mintage_core::environment::Environment;
use mintage_core::error::Error;
use mintage_core::mint::{self, Inspection};
use mintage_core::secret::Secret;
use mintage_core::verify::{Verdict, Verification};
use serde_json::{Value, json};

use crate::problem::failure;
use crate::session::{Session, ask, pasted, text_of};
use crate::stored::environment_of;
use crate::{print, print_json};

/// `mintage claims`: of a service user's token, or of one on standard input.
///
/// # Errors
/// There is no token, or it can't be read.
pub(crate) async fn claims(
    args: &TokenOrUserArgs,
    global: &Global,
    source: impl FnOnce() -> Result<Box<dyn TokenSource + Send>, Failure>,
) -> Result<u8, Failure> {
    let token = match args.user.as_str() {
        "-" => pasted()?,
        user => of_user(user, "claims", global, source).await?.0,
    };
    let claims = claims::decode(token.expose(), &[]).map_err(|error| failure(Error::from(error)))?;
    if global.json {
        return print_json(&json!({ "header": parsed(&claims.header_json), "payload": parsed(&claims.payload_json) }));
    }
    let mut columns = Columns::new(&["PART", "CLAIM", "VALUE", "TIME", "MEANING"]);
    let UnverifiedClaims { header, payload, .. } = &claims;
    for (part, claims) in [("header", header), ("payload", payload)] {
        for claim in claims {
            let [name, value, time, meaning] = cells(claim);
            columns.push([part, &*name, &*value, &*time, &*meaning]);
        }
    }
    print(&columns)
}

/// A claim's name, value, time and meaning.
pub(crate) fn cells(claim: &Claim) -> [String; 4] {
    let time = claim.time.map(|at| Moment(at).rfc3339()).unwrap_or_default();
    [claim.name.clone(), claim.value.clone(), time, claim.meaning.clone().unwrap_or_default()]
}

/// JSON text as a value; what can't be read stays text.
pub(crate) fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| json.into())
}

/// `mintage verify`: exits with 1 if the token isn't valid.
///
/// # Errors
/// There is no token, no environment to verify it against, or the issuer's keys can't be fetched.
pub(crate) async fn verify(
    args: &VerifyArgs,
    global: &Global,
    source: impl FnOnce() -> Result<Box<dyn TokenSource + Send>, Failure>,
) -> Result<u8, Failure> {
    let (token, known) = match args.token.user.as_str() {
        "-" => (pasted()?, None),
        user => of_user(user, "verify", global, source).await.map(|(token, of)| (token, Some(of)))?,
    };
    Session::with(async |session| {
        let environment = match known {
            Some(environment) => environment,
            None => issuer_of(&token, session, global).await?,
        };
        let audience = args.audience.as_deref();
        let inspected = session.mint.inspect_text_for(token.expose(), Some(environment.id), audience).await;
        let inspection = inspected.map_err(failure)?;
        match (&inspection.verification, &inspection.unchecked) {
            (Some(verification), _) => show(verification, &inspection, &environment, global),
            (None, Some(problem)) => Err(failure(problem.clone())),
            (None, None) => Err(Failure::new(
                Exit::Failed,
                "token-opaque",
                "the token is opaque: only its issuer knows what it says",
            )
            .with_help("Ask the issuer with `mintage introspect` or `mintage userinfo`")),
        }
    })
    .await
}

/// The environment whose issuer a token names. An issuer that the user never entered isn't asked for its keys.
async fn issuer_of(token: &Secret, session: &Session, global: &Global) -> Result<Environment, Failure> {
    if let Some(name) = environment_of(global) {
        return session.environment(&name).await;
    }
    let mut all = match claims::decode(token.expose(), &[]) {
        Ok(claims) => session.mint.environments_named_by(&claims).await.map_err(failure)?,
        Err(_) => Vec::new(),
    };
    match all.len() {
        1 => Ok(all.remove(0)),
        0 => {
            Err(Failure::new(Exit::NoSuchName, "issuer-unknown", "no environment has the issuer that the token names")
                .with_help("Say which environment verifies it: `-e ENV`; `mintage env ls` lists them"))
        }
        _ => {
            let mut failure =
                Failure::new(Exit::NoSuchName, "issuer-ambiguous", "several environments have that issuer")
                    .with_help("Say which one verifies it: `-e ENV`");
            failure.causes = all.into_iter().map(|environment| environment.settings.name).collect();
            Err(failure)
        }
    }
}

fn show(
    verification: &Verification,
    inspection: &Inspection,
    environment: &Environment,
    global: &Global,
) -> Result<u8, Failure> {
    if global.json {
        let mut value = serde_json::to_value(verification).unwrap_or_default();
        value["environment"] = environment.settings.name.clone().into();
        value["keysFrom"] = inspection.keys_from.clone().into();
        print_json(&value)?;
    } else {
        let (verdict, why) = verdict(&verification.verdict);
        let mut columns = Columns::new(&["CHECK", "RESULT", "REASON"]);
        columns.push(["token", verdict, why]);
        for check in &verification.checks {
            let result = match check.holds {
                Some(true) => "ok",
                Some(false) => "fails",
                None => "not checked",
            };
            columns.push([&*check.name, result, &check.reason]);
        }
        for notice in &verification.notices {
            columns.push(["notice", "", notice]);
        }
        print(&columns)?;
    }
    Ok(if verification.verdict == Verdict::Valid { Exit::Success.code() } else { Exit::Failed.code() })
}

fn verdict(verdict: &Verdict) -> (&'static str, &str) {
    match verdict {
        Verdict::Valid => ("valid", ""),
        Verdict::SignatureInvalid => ("invalid", "the signature doesn't match"),
        Verdict::ClaimsFail => ("invalid", "a claim doesn't hold"),
        Verdict::FailsUnverified { .. } => ("invalid", "a claim doesn't hold, and the signature couldn't be checked"),
        Verdict::CannotVerify { why } => ("not verified", why),
        Verdict::Malformed { why } => ("malformed", why),
    }
}

/// `mintage diff`: exits with 1 if the tokens differ in more than what differs in every token.
///
/// # Errors
/// A token is missing or can't be read.
pub(crate) async fn diff(
    args: &DiffArgs,
    global: &Global,
    mut source: impl FnMut() -> Result<Box<dyn TokenSource + Send>, Failure>,
) -> Result<u8, Failure> {
    if args.before == "-" && args.after == "-" {
        return Err(Failure::new(Exit::Usage, "usage", "standard input has only one token"));
    }
    let mut sides = Vec::new();
    for name in [&args.before, &args.after] {
        let token = if name == "-" { pasted()? } else { of_user(name, "diff", global, &mut source).await?.0 };
        sides.push(mint::TokenSource::Pasted(token));
    }
    let (Some(after), Some(before)) = (sides.pop(), sides.pop()) else { unreachable!("there are two sides") };
    let comparison = Session::with(async |session| session.mint.compare(before, after).await.map_err(failure)).await?;
    let Some(difference) = comparison.difference else {
        let problem = comparison.before.or(comparison.after);
        return Err(
            problem.map_or_else(|| Failure::new(Exit::Failed, "token-unreadable", "a token can't be read"), failure)
        );
    };
    if global.json {
        print_json(&serde_json::to_value(&difference).unwrap_or_default())?;
    } else {
        let mut columns = Columns::new(&["PART", "", "CLAIM", "BEFORE", "AFTER"]);
        for (part, changes) in [("header", &difference.header), ("payload", &difference.payload)] {
            changes
                .iter()
                .filter(|change| change.change != Change::Same)
                .for_each(|change| row(&mut columns, part, change));
        }
        print(&columns)?;
    }
    let all = difference.header.iter().chain(&difference.payload);
    let differ = all.into_iter().any(|change| change.change != Change::Same && !change.passing);
    Ok(if differ { Exit::Failed.code() } else { Exit::Success.code() })
}

fn row(columns: &mut Columns, part: &str, difference: &ClaimDifference) {
    let sign = match difference.change {
        Change::Added => "+",
        Change::Removed => "-",
        _ => "~",
    };
    let value = |claim: &Option<Claim>| claim.as_ref().map(|claim| claim.value.clone()).unwrap_or_default();
    columns.push([part, sign, &difference.name, &value(&difference.before), &value(&difference.after)]);
}

/// A service user's token and its environment. The catalogue is closed again before the agent is asked: it may have to
/// be brought up to date by an agent that is only started now.
async fn of_user(
    user: &str,
    asker: &'static str,
    global: &Global,
    source: impl FnOnce() -> Result<Box<dyn TokenSource + Send>, Failure>,
) -> Result<(Secret, Environment), Failure> {
    let (user, environment) = Session::with(async |session| session.user(user, global).await).await?;
    let token = ask(&user, asker, false, global, &mut *source()?)?;
    Ok((text_of(&token), environment))
}
