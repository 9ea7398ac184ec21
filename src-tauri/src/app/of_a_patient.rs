//! What most actions about one patient say alike: whose record it is, and that a function of their own runs them.

/// Makes actions of requests that name their `patient`, all for one purpose:
///
/// ```text
/// of_a_patient! {
///     Purpose::Payment;
///     ShowAccount => AccountView, "show_account", Right::View(Section::Insurance), show;
/// }
/// ```
macro_rules! of_a_patient {
    ($purpose:expr; $($of:ty => $answer:ty, $name:literal, $right:expr, $run:ident;)+) => {$(
        impl $crate::app::perform::Action for $of {
            type Output = $answer;
            const NAME: &'static str = $name;

            fn right(&self) -> $crate::policy::Right {
                $right
            }

            fn patient(&self) -> Option<uuid::Uuid> {
                Some(self.patient)
            }

            fn purpose(&self) -> $crate::audit::Purpose {
                $purpose
            }

            async fn run(
                &self,
                desk: &$crate::app::desk::Desk<'_>,
            ) -> Result<$crate::app::perform::Prepared<$answer>, $crate::app::error::Failure> {
                $run(self, desk).await
            }
        }
    )+};
}
pub(in crate::app) use of_a_patient;
