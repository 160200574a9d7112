//! Tools whose configuration belongs to a project or a cloud: the lines to put there.

use mintage_agent_protocol::text::{quoted, word};

use super::{Change, Options, text};

fn line(tool: &str, options: &Options) -> String {
    let arguments: Vec<String> = options.arguments().iter().map(|argument| word(argument)).collect();
    format!("mintage helper {tool} {}", arguments.join(" "))
}

fn note(text: String, options: &Options) -> Change {
    let text = if options.undo { "# Remove the line that names `mintage helper`.\n".to_owned() } else { text };
    Change { note: text, host: options.given_host(), ..Change::default() }
}

/// Workload identity federation reads the command from a credential configuration.
pub(super) fn google(options: &Options) -> Change {
    let text = format!(
        "# Create the credential configuration, then set GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1:\n\
         gcloud iam workload-identity-pools create-cred-config \\\n  \
         projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER \\\n  \
         --executable-command={} \\\n  --output-file=credentials.json\n",
        quoted(&line("google", options))
    );
    note(text, options)
}

/// MCP clients read headers from a command in the project's `.mcp.json`.
pub(super) fn headers(options: &Options) -> Change {
    let url = options.host.as_deref().unwrap_or("https://mcp.example");
    let (url, command) = (text::quoted(url), text::quoted(&line("headers", options)));
    let text = format!(
        "# In .mcp.json:\n{{\n  \"mcpServers\": {{\n    \"NAME\": {{ \"type\": \"http\", \"url\": {url}, \"headersHelper\": {command} }}\n  }}\n}}\n"
    );
    note(text, options)
}
