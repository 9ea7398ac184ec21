//! What a restricted item lends to the check: ingredients, allergens and conditions by the table's names, no word of the
//! item itself.

use super::allergy::AllergyFact;
use super::condition::ConditionFact;
use super::table::Table;
use crate::record::{Content, Item};
use serde::{Deserialize, Serialize};

/// The companion of a restricted item. It is counted by the check and shown to nobody.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HiddenIngredients {
    /// The restricted item it belongs to.
    #[serde(with = "id_text")]
    pub of: uuid::Uuid,
    /// Ingredients of a drug.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub substances: Vec<String>,
    /// The drug's status, when it's a drug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Stopped on this day, when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// An active allergy; its substance is of the table's names only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allergy: Option<AllergyFact>,
    /// Conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// Something of it isn't in the table: the check says that a restricted item wasn't checked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
}

impl Table {
    /// What an item lends to the check.
    #[must_use]
    pub fn hidden(&self, of: uuid::Uuid, item: &Item) -> HiddenIngredients {
        let mut hidden = HiddenIngredients { of, ..HiddenIngredients::default() };
        match &item.content {
            Content::Medication(one) => {
                let reading = self.drug(&one.drug.text);
                hidden.substances = self.ingredients(&reading).into_iter().map(str::to_owned).collect();
                hidden.unread = !reading.is_known() || !reading.rest.is_empty();
                hidden.status = Some(one.status.clone());
                hidden.stopped.clone_from(&one.ended);
            }
            Content::Allergy(one) if super::allergy::stands(one) => {
                self.hide_allergy(&mut hidden, &AllergyFact::from(one));
            }
            Content::Problem(one) => {
                hidden.conditions = ConditionFact::of(one).map(|fact| self.conditions_of(&fact)).unwrap_or_default();
            }
            _ => {}
        }
        hidden
    }

    fn hide_allergy(&self, hidden: &mut HiddenIngredients, fact: &AllergyFact) {
        let allergen = self.allergen(&fact.substance);
        let names = allergen.named.iter().flat_map(|set| set.ids()).map(|id| self.name(id));
        let substance = names.collect::<Vec<_>>().join(", ");
        hidden.unread = (substance.is_empty() && !allergen.unrelated) || !allergen.rest.is_empty();
        if !substance.is_empty() {
            let reaction = self.reactions_of(fact);
            let words = self.reactions.iter().filter(|kind| reaction.contains(&kind.id));
            let words: Vec<&str> = words.filter_map(|kind| kind.text.first().map(String::as_str)).collect();
            let reaction = Some(words.join(", ")).filter(|words| !words.is_empty());
            hidden.allergy = Some(AllergyFact { substance, reaction, ..fact.clone() });
        }
    }
}

mod id_text {
    use serde::{Deserialize, Deserializer, Serializer};
    use uuid::Uuid;

    pub fn serialize<S: Serializer>(id: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&id.to_string())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
