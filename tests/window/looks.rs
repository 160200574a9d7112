//! How everything looks: each part in each state and each view, in both themes and at three widths, saved as
//! screenshots; and in a pseudo-language, to find what would be cut off.

use serde_json::json;

use crate::BINARY;
use mintage_testbed::axe::Findings;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::gallery::Gallery;
use mintage_testbed::rest::wait_for_rest;

const WIDTHS: [u64; 3] = [1240, 900, 720];
/// Where the list has columns.
const WIDE: u64 = 1920;
const THEMES: [&str; 2] = ["light", "dark"];
const SECTIONS: [&str; 6] = ["foundations", "actions", "fields", "facts", "states", "overlays"];

/// Landmarks contain what belongs to the page; a menu covers it while it is open.
const OF_A_MENU: [&str; 1] = ["region"];

/// Views by the steps that lead to them, if a state is hard to reach in the real app.
const VIEWS: [(&str, &str); 62] = [
    ("first-run", "scene=first"),
    ("list", "scene=users&steps=rail-env:1"),
    ("list-many", "scene=many&steps=rail-env:2"),
    ("list-nothing-found", "scene=users&steps=rail-env:1,search,type=nobody"),
    ("list-long", "scene=long&steps=rail-env:1"),
    ("list-long-all", "scene=long&steps=rail-all"),
    ("list-groups", "scene=groups&steps=rail-env:1"),
    ("list-menu", "scene=users&steps=rail-env:1,right=row:1"),
    ("environment-menu", "scene=users&steps=rail-env:1,right=rail-env:1"),
    ("selection", "scene=long&steps=rail-env:1,row:1,add=row:2,add=row:3,see=selection"),
    ("user-menu", "scene=users&steps=rail-env:1,row:1,user-menu"),
    ("token-long", "scene=long&steps=rail-env:1,row:1"),
    ("edit-user", "scene=long&steps=rail-env:1,row:1,user-menu,rename,see=edit-user"),
    ("move", "scene=long&steps=rail-env:1,row:1,user-menu,move-user,see=move-users"),
    ("original-asked", "scene=long&steps=rail-env:1,row:1,tab-credentials,delete-original"),
    ("credentials-long", "scene=long&steps=rail-env:1,row:2,tab-credentials"),
    ("elsewhere-long", "scene=long&steps=rail-env:1,row:1,tab-elsewhere,see=elsewhere"),
    ("palette", "scene=long&steps=rail-env:1,row:1,open-palette"),
    ("profile", "scene=users&steps=rail-settings,show-profiles,profile-view,see=profile-editor"),
    ("shortcuts", "scene=users&steps=rail-env:1,key=?"),
    ("import-table", "scene=drop-many&steps=see=import-table"),
    ("import-place", "scene=drop-first&steps=see=new-place"),
    ("token", "scene=users&steps=rail-env:1,row:1"),
    ("token-whole", "scene=whole&steps=rail-env:1,row:1"),
    ("token-none", "scene=users&steps=rail-env:1,row:3"),
    ("token-revealed", "scene=users&steps=rail-env:1,row:1,reveal,see=token-full"),
    ("token-revealed-long", "scene=long&steps=rail-env:1,row:1,reveal,see=token-full"),
    ("token-refused", "scene=users&steps=rail-env:3,row-copy,confirm-production,see=problem"),
    ("token-scopes", "scene=users&steps=rail-env:1,row:1,add-scope"),
    ("claims", "scene=users&steps=rail-env:1,row:1,tab-claims,see=verdict"),
    ("userinfo", "scene=users&steps=rail-env:1,row:1,tab-userinfo,see=userinfo-subject"),
    ("introspection", "scene=users&steps=rail-env:1,row:1,tab-introspection"),
    ("credentials", "scene=users&steps=rail-env:1,row:2,tab-credentials"),
    ("activity", "scene=users&steps=rail-env:1,row:1,tab-activity"),
    ("production", "scene=users&steps=rail-env:2,row-copy,see=confirm-production"),
    ("environment", "scene=users&steps=add-environment"),
    ("import", "scene=drop&steps=see=review"),
    (
        "inspector-difference",
        "scene=users&steps=rail-inspector,inspector-two,compare-first,type=a,compare-second,type=b,see=differences",
    ),
    ("inspector-forged", "scene=users&steps=rail-inspector,inspector-text,type=forged,see=verdict"),
    ("inspector-late", "scene=users&steps=rail-inspector,inspector-text,type=late,see=verdict"),
    ("radar", "scene=users&steps=rail-radar"),
    ("rotation-plan", "scene=users&steps=rail-env:1,row:1,tab-credentials,rotate,see=rotation-facts"),
    ("rotation-no-overlap", "scene=rotation-replaces&steps=rail-env:1,row:1,tab-credentials,rotate,see=no-overlap"),
    ("rotation-refused", "scene=rotation-refused&steps=rail-env:1,row:1,tab-credentials,rotate,see=problem"),
    ("rotation-upload", "scene=rotation-upload&steps=rail-radar,show-rotation,see=public-half"),
    ("rotation-by-hand", "scene=rotation-byHand&steps=rail-radar,show-rotation,see=rotation-run"),
    ("rotation-stopped", "scene=rotation-stopped&steps=rail-radar,show-rotation,see=rotation-run"),
    ("rotation-failed", "scene=rotation-failed&steps=rail-radar,show-rotation,see=rotation-run"),
    ("rotation-grace", "scene=rotation-grace&steps=rail-radar,show-rotation,see=rotation-run"),
    ("rotation-radar", "scene=rotation-pause&steps=rail-radar,see=rotation-notice"),
    ("rotation-many", "scene=users&steps=rail-radar,rotate-soon,see=rotate-many"),
    ("server-credentials", "scene=users&steps=rail-env:1,row:1,tab-credentials,list-private-key,see=server-credential"),
    ("record", "scene=users&steps=rail-activity,see=activity-entry"),
    ("settings", "scene=users&steps=rail-settings"),
    ("profiles", "scene=users&steps=rail-settings,show-profiles"),
    ("question", "scene=question&steps=see=question"),
    ("programs", "scene=programs&steps=rail-programs,see=grant-count"),
    ("programs-not-served", "scene=not-served&steps=rail-programs,see=serve-again"),
    ("elsewhere", "scene=users&steps=rail-env:1,row:1,tab-elsewhere,see=elsewhere"),
    ("locked", "scene=app-locked&steps=see=locked"),
    ("keychain-absent", "scene=absent"),
    ("broken", "scene=broken&steps=see=problem"),
];

#[test]
fn every_part_is_pictured_and_passes_axe() {
    let desktop = DesktopSession::without_keyring(BINARY);
    let gallery = Gallery::open(&desktop);
    let mut findings = Findings::default();
    for section in SECTIONS {
        gallery.show(&format!("page=parts&section={section}"));
        for theme in THEMES {
            gallery.turn(theme);
            for width in WIDTHS {
                gallery.resize(width, 740);
                gallery.picture(&format!("parts-{section}-{width}-{theme}"));
            }
            findings.look(&format!("{section}, {theme}"), &|body, arguments| gallery.script(body, arguments), &[]);
        }
    }
    for overlay in ["dialog", "sheet", "confirm", "palette"] {
        gallery.show(&format!("page=parts&section=overlays&steps=open-{overlay}"));
        gallery.picture(&format!("parts-overlay-{overlay}"));
        findings.look(overlay, &|body, arguments| gallery.script(body, arguments), &[]);
    }
    findings.conclude();
}

#[test]
fn every_view_is_pictured_in_its_states_and_passes_axe() {
    let desktop = DesktopSession::without_keyring(BINARY);
    let gallery = Gallery::open(&desktop);
    let (mut faults, mut findings) = (Vec::new(), Findings::default());
    for (view, query) in VIEWS {
        let mut measure = |size: &str| {
            wait_for_rest(&|body, with| gallery.script(body, with));
            for body in [BEYOND, OVERFLOWING] {
                let found = gallery.script(body, json!([]));
                faults.extend(found.as_array().into_iter().flatten().map(|each| format!("{view} at {size}: {each}")));
            }
        };
        gallery.resize(WIDTHS[0], 740);
        gallery.show(query);
        for width in WIDTHS {
            gallery.resize(width, 740);
            for theme in THEMES {
                gallery.turn(theme);
                gallery.picture(&format!("view-{view}-{width}-{theme}"));
                if width == WIDTHS[0] {
                    let without: &[&str] = if view.ends_with("-menu") { &OF_A_MENU } else { &[] };
                    findings.look(&format!("{view}, {theme}"), &|body, with| gallery.script(body, with), without);
                }
            }
            measure(&width.to_string());
        }
        gallery.resize(WIDE, 740);
        gallery.picture(&format!("view-{view}-{WIDE}"));
        measure(&WIDE.to_string());
        // At twice the text size the window is half as wide.
        for (width, height) in [(WIDTHS[0] / 2, 400), (WIDTHS[1] / 2, 400)] {
            gallery.resize(width, height);
            measure(&format!("{}, 200 %", width * 2));
        }
    }
    assert!(faults.is_empty(), "{} reach beyond their edges\n{}", faults.len(), faults.join("\n"));
    findings.conclude();
}

#[test]
fn a_longer_language_is_not_cut_off() {
    let desktop = DesktopSession::without_keyring(BINARY);
    let gallery = Gallery::open(&desktop);
    let mut cut = Vec::new();
    for (view, query) in VIEWS {
        gallery.resize(WIDTHS[0], 740);
        gallery.show(&format!("{query}&locale=pseudo"));
        for width in WIDTHS {
            gallery.resize(width, 740);
            gallery.picture(&format!("pseudo-{view}-{width}"));
            let found = gallery.script(CUT, json!([]));
            cut.extend(found.as_array().into_iter().flatten().map(|each| format!("{view} at {width}: {each}")));
        }
    }
    assert!(cut.is_empty(), "{} texts are cut\n{}", cut.len(), cut.join("\n"));
}

#[test]
fn the_real_page_never_breaks_its_content_security_policy() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open_with(&["--demo"]);
    app.wait_for("@row");
    app.script(WATCH_POLICY, json!([]));
    app.click("@row");
    app.click("@copy-as");
    app.click("@copy-as-header");
    app.wait_for_words("@status", "Copied");
    app.click("@tab-claims");
    app.wait_for("@verdict[data-verdict='valid']");
    app.click("@open-palette");
    app.wait_for("@palette");
    desktop.press(&["Escape"]);
    app.wait_until_gone("@palette");
    app.click("@import");
    app.wait_for("@import-sheet");
    assert_eq!(app.script("return window.broken", json!([])), json!([]));
    // The watcher itself works: what the policy forbids is noticed.
    app.script("document.body.insertAdjacentHTML('beforeend', '<i style=\"color: red\"></i>')", json!([]));
    app.until("a style in the text is refused", || {
        app.script("return window.broken", json!([])) == json!(["style-src-attr"])
    });
}

const WATCH_POLICY: &str = "
    window.broken = [];
    document.addEventListener('securitypolicyviolation', (event) => window.broken.push(event.effectiveDirective));";

/// What extends beyond the page's right edge where it can't be scrolled to, and what is squeezed into a column of
/// single letters.
const BEYOND: &str = "
    const isSqueezed = (element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      const lines = new Set([...range.getClientRects()].map((line) => Math.round(line.top)));
      return lines.size > 5 && element.innerText.replace(/\\s/g, '').length / lines.size < 3;
    };
    const clipped = (element) => element && (getComputedStyle(element).overflowX !== 'visible' || clipped(element.parentElement));
    return [...document.querySelectorAll('#app *')]
      .filter((each) => each.getClientRects().length > 0 && !each.closest('.unseen'))
      .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !clipped(each.parentElement))
      .map((each) => each.outerHTML.slice(0, 120))
      .concat([...document.querySelectorAll('#app .meta > :not(.home)')]
        .filter((each) => each.getClientRects().length > 0 && each.getBoundingClientRect().right > each.parentElement.getBoundingClientRect().right + 1)
        .map((each) => 'cut in its row: ' + each.textContent.trim().slice(0, 60)))
      .concat([...document.querySelectorAll('#app :is(td, th, dd, dt, p, li)')]
        .filter((each) => each.getClientRects().length > 0 && !each.closest('.unseen') && each.innerText.trim().length > 8 && each.clientWidth > 0)
        .filter((each) => each.clientWidth < 48 || isSqueezed(each))
        .map((each) => 'squeezed: ' + each.innerText.trim().slice(0, 60)));";

/// What doesn't fit into its own box: text that is cut without an ellipsis that a tooltip completes, text that runs over
/// the box's edge, bars to scroll sideways, and a bar inside another one for what isn't a text of its own.
const OVERFLOWING: &str = "
    const shown = (element) => element.getClientRects().length > 0 && element.clientWidth > 0 && !element.closest('.unseen, [aria-hidden=true]');
    const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const told = (element) => element && (element.title || element.getAttribute('aria-label') || told(element.parentElement));
    const scrolls = (style) => ['auto', 'scroll'].includes(style);
    const isText = (element) => element.matches('input, textarea, pre, select, [data-testid=token-full]');
    // A short list of what may be long has a bar of its own; a table at twice the text size is scrolled in its frame.
    const isList = (element) => element.matches('[data-testid=import-table] *, [data-testid=question] ol');
    const isTable = (element) => innerWidth < 700 && element.querySelector(':scope > table');
    const name = (element) => (element.dataset.testid ?? element.className) + ' ' + element.textContent.trim().slice(0, 60);
    const found = [];
    for (const element of document.querySelectorAll('#app *, body > div *')) {
      if (!shown(element) || isText(element)) continue;
      const style = getComputedStyle(element);
      const wide = element.scrollWidth > element.clientWidth + 1;
      if (wide && scrolls(style.overflowX) && !isTable(element)) found.push('scrolls sideways: ' + name(element));
      else if (wide && !scrolls(style.overflowX) && style.overflowX !== 'visible' && own(element) && !(style.textOverflow === 'ellipsis' && told(element))) found.push('cut: ' + name(element));
      else if (wide && style.overflowX === 'visible' && own(element)) found.push('runs over: ' + name(element));
      if (style.overflowY !== 'visible' && !scrolls(style.overflowY) && own(element) && element.scrollHeight > element.clientHeight + 6) found.push('cut below: ' + name(element));
      if (isList(element) || !scrolls(style.overflowY) || element.scrollHeight <= element.clientHeight + 1) continue;
      for (let outer = element.parentElement; outer; outer = outer.parentElement) {
        if (scrolls(getComputedStyle(outer).overflowY) && outer.scrollHeight > outer.clientHeight + 1) found.push('scrolls inside another: ' + name(element));
      }
    }
    return [...new Set(found)];";

/// The page's own texts that are cut off and can't be read in full by hovering: having the full text in `title`, or
/// next to it for screen readers, is good enough.
const CUT: &str = "
    const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.includes('\\u27e6'));
    const told = (element) => element && element.id !== 'app' && (element.title || told(element.parentElement));
    const hidden = (element) => element.closest('.unseen') || element.closest('[aria-hidden=true]');
    const clips = (element) => getComputedStyle(element).overflowX !== 'visible' && getComputedStyle(element).overflowX !== 'auto';
    const found = [];
    for (const element of document.querySelectorAll('#app *, body > div *')) {
      if (element.getClientRects().length === 0 || hidden(element) || !own(element) || told(element)) continue;
      const box = element.getBoundingClientRect();
      if (clips(element) && element.scrollWidth > element.clientWidth + 1) found.push('cut: ' + element.textContent.slice(0, 80));
      for (let outer = element.parentElement; outer && outer.id !== 'app'; outer = outer.parentElement) {
        if (!clips(outer) || outer.classList.contains('unseen')) continue;
        const edge = outer.getBoundingClientRect();
        if (box.right > edge.right + 1 || box.left < edge.left - 1) found.push('outside: ' + element.textContent.slice(0, 80));
        break;
      }
    }
    return [...new Set(found)];";
