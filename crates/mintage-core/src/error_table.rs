//! How an **error enum** is written: as a table whose rows hold a variant's code, its sentence and its next step.

/// Declares an error enum with `code` and `help`.
///
/// A row is `#[error("the sentence")] [code = "kebab-case", help = "The next step"] Variant { fields }`. Where code or
/// help depend on fields, they name them: `help(member) = format!("Add `{member}`")`, or `code(0: inner) =
/// inner.code()` for a field without a name.
macro_rules! error_table {
    (
        $(#[$of_enum:meta])*
        pub enum $enum:ident {
            $(
                $(#[$of_variant:meta])*
                [code $(($($in_code:tt)+))? = $code:expr, help $(($($in_help:tt)+))? = $help:expr]
                $variant:ident $({ $($named:tt)* })? $(($($unnamed:tt)*))?,
            )+
        }
    ) => {
        $(#[$of_enum])*
        pub enum $enum {
            $($(#[$of_variant])* $variant $({ $($named)* })? $(($($unnamed)*))?,)+
        }

        impl $enum {
            /// A stable kebab-case word for it, which shells may act on.
            pub fn code(&self) -> &'static str {
                match self { $(Self::$variant { $($($in_code)+,)? .. } => $code,)+ }
            }

            /// The next step, as one imperative sentence without a final period.
            pub fn help(&self) -> String {
                match self { $(Self::$variant { $($($in_help)+,)? .. } => $help.into(),)+ }
            }
        }
    };
}

pub(crate) use error_table;
