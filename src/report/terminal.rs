//! Decides about colours, links and width: what the user said comes before what the environment says, and that before what we see.

use super::Terminal;

/// When there are colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Color {
    /// On a terminal, unless the environment says otherwise.
    #[default]
    Auto,
    /// Even into a file.
    Always,
    /// Not at all.
    Never,
}

impl Color {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Always, Self::Never];

    /// As on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    /// Reads [`Color::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|color| color.name() == name)
    }
}

/// What can be done where `tty` says whether text goes to a terminal. `env` reads the environment.
pub fn look(color: Color, tty: bool, env: &dyn Fn(&str) -> Option<String>) -> Terminal {
    let width = env("COLUMNS").and_then(|columns| columns.parse().ok()).unwrap_or(100usize);
    Terminal {
        color: is_colored(color, tty, env),
        hyperlinks: has_hyperlinks(color, tty, env),
        width: width.clamp(40, 120),
    }
}

fn is_colored(color: Color, tty: bool, env: &dyn Fn(&str) -> Option<String>) -> bool {
    match color {
        Color::Always => return true,
        Color::Never => return false,
        Color::Auto => {}
    }
    if env("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return false;
    }
    let forced = |name| env(name).is_some_and(|value| !value.is_empty() && value != "0");
    if forced("FORCE_COLOR") || forced("CLICOLOR_FORCE") {
        return true;
    }
    tty && env("TERM").is_none_or(|term| term != "dumb")
}

/// Terminals do not say whether they know links, so only those that are known to are trusted.
fn has_hyperlinks(color: Color, tty: bool, env: &dyn Fn(&str) -> Option<String>) -> bool {
    if let Some(forced) = env("FORCE_HYPERLINK").filter(|value| !value.is_empty()) {
        return forced != "0";
    }
    if !tty || !is_colored(color, tty, env) || env("CI").is_some() {
        return false;
    }
    let vte = env("VTE_VERSION").and_then(|version| version.parse::<u32>().ok()).is_some_and(|v| v >= 5000);
    let program = env("TERM_PROGRAM")
        .is_some_and(|name| ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"].contains(&name.as_str()));
    let term = env("TERM").is_some_and(|name| ["xterm-kitty", "alacritty", "foot"].contains(&name.as_str()));
    vte || program || term || env("WT_SESSION").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colored(color: Color, tty: bool, vars: &[(&str, &str)]) -> bool {
        look(color, tty, &env(vars)).color
    }

    fn env(vars: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        let vars: Vec<_> =
            vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        move |wanted: &str| vars.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
    }

    #[test]
    fn the_flag_beats_the_environment() {
        assert!(colored(Color::Always, false, &[("NO_COLOR", "1"), ("TERM", "dumb")]));
        assert!(!colored(Color::Never, true, &[("FORCE_COLOR", "1")]));
    }

    #[test]
    fn no_color_beats_force_color_and_that_the_terminal() {
        assert!(!colored(Color::Auto, true, &[("NO_COLOR", "1"), ("FORCE_COLOR", "1")]));
        assert!(colored(Color::Auto, false, &[("NO_COLOR", ""), ("FORCE_COLOR", "1")]));
        assert!(colored(Color::Auto, false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!colored(Color::Auto, false, &[("FORCE_COLOR", "0")]));
        assert!(colored(Color::Auto, true, &[("TERM", "xterm")]));
        assert!(!colored(Color::Auto, true, &[("TERM", "dumb")]));
        assert!(!colored(Color::Auto, false, &[]));
    }

    #[test]
    fn links_only_where_they_are_known_to_work() {
        let links = |color, tty, vars: &[(&str, &str)]| look(color, tty, &env(vars)).hyperlinks;
        assert!(links(Color::Auto, true, &[("VTE_VERSION", "7200")]));
        assert!(!links(Color::Auto, true, &[("VTE_VERSION", "4999")]));
        assert!(!links(Color::Auto, false, &[("TERM_PROGRAM", "vscode")]));
        assert!(!links(Color::Never, true, &[("TERM_PROGRAM", "vscode")]));
        assert!(links(Color::Auto, false, &[("FORCE_HYPERLINK", "1")]));
    }

    #[test]
    fn a_width_that_nobody_can_read_is_not_taken() {
        assert_eq!(look(Color::Auto, true, &env(&[("COLUMNS", "2")])).width, 40);
        assert_eq!(look(Color::Auto, true, &env(&[("COLUMNS", "90")])).width, 90);
        assert_eq!(look(Color::Auto, true, &env(&[("COLUMNS", "x")])).width, 100);
    }
}
