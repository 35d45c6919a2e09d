//! The settings in force as `gander config` shows them: key, value as TOML, where it came from.

use super::{Config, Glob, History, Origin, Setting};

impl Config {
    /// The settings in force, in the order of the manual: key, value as TOML, where it came from.
    pub fn settings(&self) -> Vec<(String, String, String)> {
        let mut rows = Rows { config: self, rows: Vec::new() };
        rows.optional("base", self.base.value.as_ref(), self.base.origin);
        rows.optional("start-after", self.start_after.value.as_ref(), self.start_after.origin);
        rows.optional("engine", self.engine.value.as_ref(), self.engine.origin);
        rows.optional("tool", self.tool.value.as_ref(), self.tool.origin);
        let lint = &self.lint;
        rows.add("lint.select", list(&lint.select.value), lint.select.origin);
        if lint.extend_select.origin != Origin::Default {
            rows.add("lint.extend-select", list(&lint.extend_select.value), lint.extend_select.origin);
        }
        rows.add("lint.ignore", list(&lint.ignore.value), lint.ignore.origin);
        rows.add("lint.fail-on", quoted(lint.fail_on.value.name()), lint.fail_on.origin);
        for (rule, severity) in &lint.severity {
            rows.add(&format!("lint.severity.{}", rule.value), quoted(severity.name()), rule.origin);
        }
        for (i, entry) in lint.per_file.iter().enumerate() {
            rows.globs(&format!("lint.per-file[{i}].files"), &entry.files);
            rows.texts(&format!("lint.per-file[{i}].ignore"), &entry.ignore);
        }
        for (i, history) in self.histories.iter().enumerate() {
            rows.history(&format!("history[{i}]"), history);
        }
        let conventions = &self.conventions;
        if let Some(header) = &conventions.header {
            let keys: Vec<String> = header.value.iter().map(|key| quoted(key)).collect();
            rows.add("conventions.header", format!("[{}]", keys.join(", ")), header.origin);
        }
        let lock_timeout = &conventions.lock_timeout;
        rows.add("conventions.lock-timeout", quoted(lock_timeout.value.name()), lock_timeout.origin);
        if let Some(scheme) = &conventions.version_scheme {
            rows.add("conventions.version-scheme", quoted(scheme.value.name()), scheme.origin);
        }
        let forbidden: Vec<String> = conventions
            .forbidden_names
            .iter()
            .map(|name| match &name.data_type {
                Some(data_type) => quoted(&format!("{}: {data_type}", name.pattern.text)),
                None => quoted(&name.pattern.text),
            })
            .collect();
        if let Some(first) = conventions.forbidden_names.first() {
            let value = format!("[{}]", forbidden.join(", "));
            rows.add("conventions.forbidden-names", value, Origin::File(first.pattern.span));
        }
        rows.texts("conventions.indexed-columns", &conventions.indexed_columns);
        rows.texts("tables.small", &self.tables.small);
        rows.rows
    }
}

struct Rows<'a> {
    config: &'a Config,
    rows: Vec<(String, String, String)>,
}

impl Rows<'_> {
    fn add(&mut self, key: &str, value: String, origin: Origin) {
        self.rows.push((key.to_owned(), value, self.config.origin(origin)));
    }

    fn optional<T: ToString>(&mut self, key: &str, value: Option<&T>, origin: Origin) {
        if let Some(value) = value {
            self.add(key, quoted(&value.to_string()), origin);
        }
    }

    fn texts(&mut self, key: &str, values: &[Setting<String>]) {
        if let Some(first) = values.first() {
            self.add(key, list(values), first.origin);
        }
    }

    fn globs(&mut self, key: &str, globs: &[Glob]) {
        if let Some(first) = globs.first() {
            let texts: Vec<String> = globs.iter().map(|glob| quoted(&glob.text)).collect();
            self.add(key, format!("[{}]", texts.join(", ")), Origin::File(first.span));
        }
    }

    fn setting<T: ToString>(&mut self, key: &str, setting: Option<&Setting<T>>) {
        if let Some(setting) = setting {
            self.add(key, quoted(&setting.value.to_string()), setting.origin);
        }
    }

    fn history(&mut self, at: &str, history: &History) {
        self.setting(&format!("{at}.path"), history.path.as_ref());
        self.setting(&format!("{at}.tool"), history.tool.as_ref());
        self.setting(&format!("{at}.engine"), history.engine.as_ref());
        self.texts(&format!("{at}.canonical"), &history.canonical);
        self.texts(&format!("{at}.dumps"), &history.dumps);
        self.texts(&format!("{at}.baseline"), &history.baseline);
        self.globs(&format!("{at}.external"), &history.external);
        self.add(&format!("{at}.rollback"), quoted(history.rollback.value.name()), history.rollback.origin);
        let foreign_keys = &history.foreign_keys;
        self.add(&format!("{at}.foreign-keys"), foreign_keys.value.to_string(), foreign_keys.origin);
        self.texts(&format!("{at}.models"), &history.models);
        self.texts(&format!("{at}.registry"), &history.registry);
        self.setting(&format!("{at}.version-table"), history.version_table.as_ref());
        for (i, entry) in history.overrides.iter().enumerate() {
            self.globs(&format!("{at}.override[{i}].files"), &entry.files);
            self.setting(&format!("{at}.override[{i}].engine"), entry.engine.as_ref());
        }
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(values: &[Setting<String>]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(&value.value)).collect();
    format!("[{}]", values.join(", "))
}
