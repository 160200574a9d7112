//! How everything looks: each part in each state and each view, in both themes and at three widths, kept
//! as pictures to be looked at; and in a language that nobody speaks, to find what would be cut.

use serde_json::json;

use crate::axe::Findings;
use crate::desk::Desk;
use crate::gallery::Gallery;

const WIDTHS: [u64; 3] = [1240, 900, 720];
const THEMES: [&str; 2] = ["light", "dark"];
const SECTIONS: [&str; 6] = ["foundations", "actions", "fields", "facts", "states", "overlays"];

/// Views by the steps that lead to them, where a state is hard to bring about in the real app.
const VIEWS: [(&str, &str); 27] = [
    ("first-run", "scene=first"),
    ("list", "scene=users&steps=rail-env:1"),
    ("list-many", "scene=many&steps=rail-env:2"),
    ("list-nothing-found", "scene=users&steps=rail-env:1,search,type=nobody"),
    ("token", "scene=users&steps=rail-env:1,row:1"),
    ("token-whole", "scene=whole&steps=rail-env:1,row:1"),
    ("token-none", "scene=users&steps=rail-env:1,row:3"),
    ("token-revealed", "scene=users&steps=rail-env:1,row:1,reveal,see=token-full"),
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
    ("record", "scene=users&steps=rail-activity,see=activity-entry"),
    ("settings", "scene=users&steps=rail-settings"),
    ("profiles", "scene=users&steps=rail-settings,show-profiles"),
    ("keychain-absent", "scene=absent"),
    ("broken", "scene=broken&steps=see=problem"),
];

#[test]
fn every_part_is_pictured_and_passes_axe() {
    let desk = Desk::without_keyring();
    let gallery = Gallery::open(&desk);
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
fn every_view_is_pictured_in_its_states() {
    let desk = Desk::without_keyring();
    let gallery = Gallery::open(&desk);
    let mut beyond = Vec::new();
    for (view, query) in VIEWS {
        gallery.resize(WIDTHS[0], 740);
        gallery.show(query);
        for width in WIDTHS {
            gallery.resize(width, 740);
            for theme in THEMES {
                gallery.turn(theme);
                gallery.picture(&format!("view-{view}-{width}-{theme}"));
            }
            let found = gallery.script(BEYOND, json!([]));
            beyond.extend(found.as_array().into_iter().flatten().map(|each| format!("{view} at {width}: {each}")));
        }
    }
    assert!(beyond.is_empty(), "these reach beyond the edge\n{}", beyond.join("\n"));
}

#[test]
fn a_longer_language_is_not_cut_off() {
    let desk = Desk::without_keyring();
    let gallery = Gallery::open(&desk);
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
    let desk = Desk::new();
    let app = desk.open_with(&["--demo"]);
    app.wait_for("@row");
    app.script(WATCH_POLICY, json!([]));
    app.click("@row");
    app.click("@copy-as");
    app.click("@copy-as-header");
    app.wait_for_words("@status", "copied");
    app.click("@tab-claims");
    app.wait_for("@verdict[data-verdict='valid']");
    app.click("@open-palette");
    app.wait_for("@palette");
    desk.press(&["Escape"]);
    app.wait_until_gone("@palette");
    app.click("@import");
    app.wait_for("@import-sheet");
    assert_eq!(app.script("return window.broken", json!([])), json!([]));
    // The watch itself works: what the policy forbids is noticed.
    app.script("document.body.insertAdjacentHTML('beforeend', '<i style=\"color: red\"></i>')", json!([]));
    app.until("a style in the text is refused", || {
        app.script("return window.broken", json!([])) == json!(["style-src-attr"])
    });
}

const WATCH_POLICY: &str = "
    window.broken = [];
    document.addEventListener('securitypolicyviolation', (event) => window.broken.push(event.effectiveDirective));";

/// What reaches beyond the page's right edge where no scrolling leads, and what is squeezed into a column of
/// single letters.
const BEYOND: &str = "
    const clipped = (element) => element && (getComputedStyle(element).overflowX !== 'visible' || clipped(element.parentElement));
    return [...document.querySelectorAll('#app *')]
      .filter((each) => each.getClientRects().length > 0 && !each.closest('.unseen'))
      .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !clipped(each.parentElement))
      .map((each) => each.outerHTML.slice(0, 120))
      .concat([...document.querySelectorAll('#app :is(td, th, dd, dt, p, li)')]
        .filter((each) => each.getClientRects().length > 0 && !each.closest('.unseen') && each.innerText.trim().length > 8 && each.clientWidth > 0 && each.clientWidth < 48)
        .map((each) => 'squeezed: ' + each.innerText.trim().slice(0, 60)));";

/// Texts of the page's own that are cut and cannot be read in full by hovering: whole in `title`, or the
/// same words beside it for screen readers, is good enough.
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
