//! `cargo xtask icons`: every size of the icons, from the drawings in `icons/`.
//!
//! Small sizes have their own drawing, with fewer details and edges on whole pixels. The two containers (`.ico`,
//! `.icns`) are written here: both are a table of PNG files.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::packages;
use crate::tools::{self, Outcome};

/// Up to this size the small drawing is used.
const SMALL: u32 = 48;

/// Names as the bundler and the desktop expect them.
const PICTURES: &[(&str, u32)] = &[
    ("16x16.png", 16),
    ("32x32.png", 32),
    ("48x48.png", 48),
    ("64x64.png", 64),
    ("128x128.png", 128),
    ("256x256.png", 256),
    ("512x512.png", 512),
    ("icon.png", 512),
];

const ICO: &[u32] = &[16, 20, 24, 32, 40, 48, 64, 128, 256];

/// The four letters that stand for a PNG of a size in points and pixels.
const ICNS: &[(&[u8; 4], u32)] = &[
    (b"icp4", 16),
    (b"icp5", 32),
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic07", 128),
    (b"ic13", 256),
    (b"ic08", 256),
    (b"ic14", 512),
    (b"ic09", 512),
    (b"ic10", 1024),
];

/// Writes all pictures and both containers.
pub(crate) fn run() -> Outcome {
    packages::ensure(&[packages::ICONS])?;
    let icons = tools::root().join("icons");
    for (name, size) in PICTURES {
        fs::write(icons.join(name), coin(&icons, *size)?)?;
    }
    for tray in ["tray-light", "tray-dark"] {
        fs::write(icons.join(format!("{tray}.png")), render(&icons.join(format!("{tray}.svg")), 32)?)?;
    }
    let pictures = ICO.iter().map(|size| Ok((*size, coin(&icons, *size)?))).collect::<Outcome<Vec<_>>>()?;
    fs::write(icons.join("icon.ico"), ico(&pictures))?;
    let pictures = ICNS.iter().map(|(kind, size)| Ok((**kind, coin(&icons, *size)?))).collect::<Outcome<Vec<_>>>()?;
    fs::write(icons.join("icon.icns"), icns(&pictures))?;
    Ok(())
}

fn coin(icons: &Path, size: u32) -> Outcome<Vec<u8>> {
    render(&icons.join(if size <= SMALL { "mintage-small.svg" } else { "mintage.svg" }), size)
}

/// Renders 8-bit RGBA, the only format that the bundler accepts.
fn render(drawing: &Path, size: u32) -> Outcome<Vec<u8>> {
    let file = tools::scratch()?.join("icon.png");
    let size = size.to_string();
    let mut convert = Command::new("rsvg-convert");
    tools::capture(convert.args(["--width", &size, "--height", &size, "--output"]).arg(&file).arg(drawing))?;
    Ok(fs::read(file)?)
}

/// ICO: a header of six bytes, sixteen bytes for each picture, then the pictures.
fn ico(pictures: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut out = vec![0, 0, 1, 0];
    out.extend(word(pictures.len()).to_le_bytes());
    let mut offset = 6 + 16 * pictures.len();
    for (size, png) in pictures {
        // One byte per side; 256 is written as 0.
        let side = u8::try_from(*size).unwrap_or(0);
        out.extend([side, side, 0, 0, 1, 0, 32, 0]);
        out.extend(long(png.len()).to_le_bytes());
        out.extend(long(offset).to_le_bytes());
        offset += png.len();
    }
    pictures.iter().for_each(|(_, png)| out.extend(png));
    out
}

/// ICNS: four letters and the total length, then the same for each picture.
fn icns(pictures: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let total = 8 + pictures.iter().map(|(_, png)| 8 + png.len()).sum::<usize>();
    let mut out = b"icns".to_vec();
    out.extend(long(total).to_be_bytes());
    for (kind, png) in pictures {
        out.extend(kind);
        out.extend(long(8 + png.len()).to_be_bytes());
        out.extend(png);
    }
    out
}

fn word(number: usize) -> u16 {
    u16::try_from(number).expect("an icon holds a handful of pictures")
}

fn long(number: usize) -> u32 {
    u32::try_from(number).expect("an icon is far smaller than 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ico_points_at_each_of_its_pictures() {
        let bytes = ico(&[(16, vec![1; 5]), (256, vec![2; 7])]);
        assert_eq!(&bytes[..6], [0, 0, 1, 0, 2, 0]);
        assert_eq!(bytes[22], 0, "256 pixels are written as 0");
        let offset = |entry: usize| u32::from_le_bytes(bytes[entry + 12..entry + 16].try_into().unwrap()) as usize;
        assert_eq!(&bytes[offset(6)..offset(6) + 5], [1; 5]);
        assert_eq!(&bytes[offset(22)..], [2; 7]);
    }

    #[test]
    fn an_icns_states_its_lengths() {
        let bytes = icns(&[(*b"ic07", vec![1; 5]), (*b"ic08", vec![2; 7])]);
        assert_eq!(&bytes[..8], b"icns\0\0\0\x24");
        assert_eq!(&bytes[8..21], b"ic07\0\0\0\x0d\x01\x01\x01\x01\x01");
        assert_eq!(bytes.len(), 36);
    }
}
