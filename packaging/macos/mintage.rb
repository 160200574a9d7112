cask "mintage" do
  version "0.1.0"

  on_arm do
    sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    url "https://github.com/mintage-app/mintage/releases/download/v#{version}/Mintage_#{version}_aarch64.dmg"
  end
  on_intel do
    sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    url "https://github.com/mintage-app/mintage/releases/download/v#{version}/Mintage_#{version}_x64.dmg"
  end

  name "Mintage"
  desc "Credential manager for developers: from service-user key file to access token"
  homepage "https://github.com/mintage-app/mintage"

  depends_on macos: ">= :catalina"

  app "Mintage.app"
  # Its other half lies beside it in the app, where it is looked for.
  binary "#{appdir}/Mintage.app/Contents/MacOS/mintage"

  # Keys stay in the Keychain: only Mintage itself removes them, under Settings or with the service user.
  zap trash: [
    "~/Library/Application Support/dev.mintage.Mintage",
    "~/Library/Application Support/mintage",
    "~/Library/Caches/dev.mintage.Mintage",
    "~/Library/LaunchAgents/Mintage.plist",
    "~/Library/WebKit/dev.mintage.Mintage",
  ]
end
