//! Given names that may mean the same person: common English and Spanish short forms.
//!
//! The index holds one class a patient. A short form of several names (Alex) is a class of its own, which everybody
//! asks for who asks for one of those names. A name outside the table has its NYSIIS key for a class, so that misspelt
//! names meet as well.

use super::phonetic::nysiis;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Folded given names: what the class is called, then its short and sister forms.
#[rustfmt::skip]
const CLASSES: &[&[&str]] = &[
    &["abigail", "abby", "abbie", "gail"],
    &["abraham", "abe", "bram"],
    &["adela", "adelaide", "addie"],
    &["adolfo", "fito"],
    &["agnes", "aggie", "ines"],
    &["albert", "al", "bert", "bertie", "alberto", "beto"],
    &["alexander", "alex", "alec", "sandy", "sasha", "xander", "alejandro"],
    &["alexandra", "alex", "alexis", "lexi", "lexie", "sandra", "sandy", "alejandra", "sasha"],
    &["alfred", "alf", "alfie", "fred", "freddie", "freddy", "alfredo", "al"],
    &["alice", "alicia", "allie", "ally", "licha"],
    &["alison", "allison", "allie", "ally"],
    &["amanda", "mandy"],
    &["andrew", "andy", "drew", "andres"],
    &["andrea", "andy", "drea"],
    &["angela", "angie", "angelina", "angelica"],
    &["ann", "anne", "anna", "ana", "annie", "anita", "nan", "nancy", "hannah", "hanna"],
    &["anthony", "tony", "antonio", "antony", "tono"],
    &["antonia", "toni", "antoinette", "annette", "nettie"],
    &["arthur", "art", "artie", "arturo", "turo"],
    &["augustin", "agustin", "gus", "augustus", "augusto"],
    &["gustavo", "gus", "gustave", "tavo"],
    &["barbara", "barb", "barbie", "babs", "bobbie"],
    &["bartholomew", "bart", "bartolome"],
    &["beatrice", "bea", "trixie", "beatriz", "betty"],
    &["benjamin", "ben", "benny", "benjie", "bennie", "benito"],
    &["bernard", "bernie", "bernardo"],
    &["bradley", "brad", "bradford"],
    &["calvin", "cal"],
    &["carl", "karl", "carlo"],
    &["charles", "charlie", "charley", "chuck", "chas", "carlos", "carlitos"],
    &["charlotte", "lottie", "charlie", "carlota"],
    &["caroline", "carol", "carolyn", "carolina", "carrie", "lina"],
    &["catherine", "katherine", "kathryn", "cathy", "kathy", "kate", "katie", "kay", "kit", "kitty", "kat", "catalina", "cathryn", "kathleen", "katrina", "trina", "cata"],
    &["cecilia", "celia", "cissy", "chila"],
    &["christopher", "chris", "kris", "topher", "cristobal"],
    &["christian", "chris", "cristian"],
    &["christina", "christine", "cristina", "chris", "chrissy", "tina", "kristin", "kristen", "kristina", "kirsten", "christy", "kristy"],
    &["clara", "claire", "clare", "clarissa"],
    &["clifford", "cliff", "clifton"],
    &["concepcion", "concha", "conchita"],
    &["cynthia", "cindy", "cyndi"],
    &["daniel", "dan", "danny", "dannie", "dani"],
    &["daniela", "danielle", "dani"],
    &["david", "dave", "davey", "davy"],
    &["deborah", "debbie", "deb", "debra", "debby"],
    &["dennis", "denny"],
    &["denise", "denny"],
    &["dolores", "lola", "lolita", "dolly"],
    &["dorothy", "dot", "dottie", "dorothea", "dorotea", "dolly", "dora"],
    &["dominic", "domingo", "dominick", "nick", "dom"],
    &["donald", "don", "donnie", "donny"],
    &["douglas", "doug"],
    &["edward", "ed", "eddie", "eddy", "ted", "teddy", "ned", "eduardo", "lalo"],
    &["edgar", "ed", "eddie"],
    &["edmund", "ed", "eddie", "ned"],
    &["edwin", "ed", "eddie"],
    &["theodore", "ted", "teddy", "theo", "teodoro"],
    &["eleanor", "ellie", "nell", "nellie", "leonor", "leonora", "nora"],
    &["helen", "ellen", "elena", "helena", "lena", "ellie", "nell", "nellie"],
    &["elizabeth", "liz", "lizzie", "beth", "betsy", "bess", "bessie", "eliza", "elisabeth", "libby", "lisa", "elsie", "lisbeth", "lizbeth", "liza", "elisa", "elise", "betty"],
    &["isabel", "isabella", "isabelle", "bella", "chabela"],
    &["emily", "em", "emmy", "millie"],
    &["emma", "em", "emmy"],
    &["emilia", "emilio", "amelia", "millie"],
    &["henry", "hank", "harry", "hal", "enrique", "kike", "quique"],
    &["harold", "hal", "harry"],
    &["harriet", "henrietta", "hattie", "etta"],
    &["ernest", "ernie", "ernesto", "neto"],
    &["eugene", "gene", "eugenio"],
    &["evelyn", "eve", "eva", "evie", "evita"],
    &["florence", "flo", "flora", "florencia", "flossie"],
    &["francis", "frank", "frankie", "fran", "francisco", "paco", "pancho", "franklin", "kiko", "cisco", "quico"],
    &["frances", "fran", "francine", "francisca", "paquita", "francesca", "fanny", "frannie", "frankie"],
    &["frederick", "fred", "freddie", "freddy", "federico", "fede", "fredrick", "frederic"],
    &["gabriel", "gabe"],
    &["gabriela", "gabby", "gaby", "gabrielle"],
    &["george", "jorge", "georgie", "coque"],
    &["georgia", "georgina", "georgie", "gina"],
    &["gerald", "gerry", "gerardo", "gerard", "jerry"],
    &["jerome", "jerry", "jeronimo"],
    &["jeremy", "jerry", "jeremiah"],
    &["geraldine", "gerry"],
    &["gertrude", "gert", "trudy"],
    &["gilbert", "gil", "gilberto", "bert", "beto"],
    &["graciela", "grace", "gracie", "chela"],
    &["gregory", "greg", "gregg", "gregorio", "goyo"],
    &["guadalupe", "lupe", "lupita"],
    &["william", "will", "bill", "billy", "willie", "willy", "liam", "guillermo", "memo"],
    &["hector", "tito"],
    &["herbert", "herb", "herbie", "heriberto", "bert", "beto"],
    &["hugh", "hugo", "huey"],
    &["humberto", "beto", "bert"],
    &["ignacio", "nacho", "ignatius"],
    &["isaac", "ike"],
    &["john", "jack", "johnny", "jon", "juan", "juanito", "jonny", "ian", "johnnie", "jhon"],
    &["jonathan", "jon", "jonathon", "johnathan"],
    &["joan", "joanna", "joanne", "jo", "joann"],
    &["juana", "juanita"],
    &["sean", "shawn", "shaun"],
    &["nathan", "nate", "nat"],
    &["nathaniel", "nate", "nat", "nathanael"],
    &["natalie", "natalia", "nat"],
    &["jacob", "jake", "jacobo"],
    &["james", "jim", "jimmy", "jamie", "jaime", "jimmie"],
    &["santiago", "diego", "tiago"],
    &["jacqueline", "jackie", "jacquelyn", "jacklyn"],
    &["jane", "janet", "janie", "jan"],
    &["jean", "jeanne", "jeannie", "jeanette"],
    &["janice", "jan"],
    &["jennifer", "jenny", "jen", "jennie", "jenna"],
    &["jasmine", "yasmin", "jazmin", "jazmine"],
    &["jeffrey", "jeff", "geoffrey", "geoff", "jeffery"],
    &["jessica", "jess", "jessie"],
    &["jesse", "jess", "jessie"],
    &["jesus", "chucho", "chuy"],
    &["joaquin", "quin", "quino"],
    &["joseph", "joe", "joey", "jose", "pepe", "pepito", "chepe", "jo"],
    &["josephine", "josefina", "josie", "jo", "josefa", "pepa", "fina"],
    &["joshua", "josh", "josue"],
    &["judith", "judy", "judie"],
    &["julia", "julie", "juliet", "juliana", "juliette", "jules"],
    &["julian", "julio", "julius", "jules"],
    &["kenneth", "ken", "kenny"],
    &["kevin", "kev"],
    &["kimberly", "kim", "kimberley", "kimmy"],
    &["lawrence", "larry", "laurence", "lorenzo", "lencho"],
    &["laura", "laurie", "lauren", "lori"],
    &["leonard", "leo", "len", "lenny", "leonardo", "lennie"],
    &["leon", "leo"],
    &["leopoldo", "leo", "polo"],
    &["leticia", "lety", "letty", "letitia"],
    &["louis", "lewis", "lou", "louie", "luis", "lucho"],
    &["louise", "lou", "luisa", "louisa", "lulu"],
    &["lillian", "lily", "lilian", "liliana", "lilly", "lil", "lillie"],
    &["linda", "lynn", "lindy", "lyn"],
    &["lucy", "lucia", "lucille"],
    &["madeline", "maddie", "maddy", "madeleine", "magdalena", "madelyn", "magda"],
    &["madison", "maddie", "maddy"],
    &["manuel", "manny", "manolo", "emmanuel", "emanuel"],
    &["mark", "marc", "marcus", "marco", "marcos"],
    &["margaret", "maggie", "meg", "megan", "peg", "peggy", "marge", "margie", "rita", "greta", "daisy", "margarita", "marguerite", "margot", "madge"],
    &["maria", "mary", "marie", "molly", "polly", "mae", "may", "mari", "mamie"],
    &["marianne", "marian", "mariana", "mari"],
    &["martha", "marta", "marty", "mattie"],
    &["martin", "marty"],
    &["matthew", "matt", "mateo", "matty", "mathew"],
    &["matilda", "tilly", "tillie", "mattie"],
    &["maurice", "mauricio", "morris", "moe"],
    &["maxwell", "max", "maximilian", "maximo"],
    &["melissa", "mel", "missy", "lissa"],
    &["melanie", "mel"],
    &["melvin", "mel"],
    &["mercedes", "meche", "mercy"],
    &["michael", "mike", "mick", "mickey", "mikey", "miguel", "micheal", "mitch"],
    &["michelle", "shelly", "michele", "micaela"],
    &["mitchell", "mitch"],
    &["montgomery", "monty", "monte"],
    &["nicholas", "nick", "nicky", "nicolas", "nico"],
    &["nicole", "nikki", "nicky", "nico"],
    &["oliver", "ollie"],
    &["olivia", "ollie", "liv", "livia"],
    &["oscar", "ozzie"],
    &["pamela", "pam"],
    &["patrick", "pat", "paddy", "patricio"],
    &["patricia", "pat", "patsy", "patty", "tricia", "trish", "patti"],
    &["paul", "pablo", "paulie"],
    &["paula", "pauline", "paulina", "paulette"],
    &["penelope", "penny", "nelly"],
    &["peter", "pete", "pedro", "perico"],
    &["philip", "phil", "phillip", "felipe", "pip"],
    &["philippa", "pippa", "pip"],
    &["prudence", "prue"],
    &["rachel", "raquel", "rachael"],
    &["rafael", "rafa", "raphael", "rafe"],
    &["raymond", "ray", "ramon", "raymundo", "moncho"],
    &["rebecca", "becky", "becca", "rebeca"],
    &["reginald", "reggie", "reg", "reynaldo", "reinaldo"],
    &["regina", "gina"],
    &["virginia", "ginny", "ginger", "gina"],
    &["richard", "rick", "ricky", "rich", "dick", "richie", "rico", "ricardo", "ritchie"],
    &["eric", "erik", "rick", "ricky"],
    &["robert", "bob", "bobby", "rob", "robbie", "roberto", "beto", "bert", "robin"],
    &["rodney", "rod"],
    &["roderick", "rod", "rodrigo"],
    &["rudolph", "rudy", "rodolfo"],
    &["roger", "rogelio"],
    &["roland", "rolando"],
    &["orlando", "lando"],
    &["ronald", "ron", "ronnie", "ronny", "ronaldo"],
    &["veronica", "roni", "ronnie", "vero"],
    &["rosa", "rose", "rosie", "rosita"],
    &["rosemary", "rosemarie", "rose", "rosie"],
    &["rosario", "charo", "chayo"],
    &["russell", "russ", "rusty"],
    &["ruth", "ruthie"],
    &["salvador", "sal", "chava", "salvatore"],
    &["sarah", "sara", "sally", "sadie"],
    &["samuel", "sam", "sammy", "sammie"],
    &["samantha", "sam", "sammy", "sammie"],
    &["sebastian", "seb", "bastian"],
    &["sergio", "checo"],
    &["silvia", "sylvia", "sylvie"],
    &["soledad", "sol", "chole"],
    &["solomon", "sol"],
    &["sophia", "sofia", "sophie", "sofie"],
    &["stanley", "stan"],
    &["stephen", "steve", "steven", "stevie", "esteban", "stefan", "stephan"],
    &["stephanie", "steph", "stefanie", "estefania", "stevie"],
    &["stuart", "stewart", "stu"],
    &["susan", "sue", "susie", "suzy", "suzanne", "susana", "susanna", "susannah", "suzie"],
    &["teresa", "theresa", "terry", "tess", "tessa", "tere", "terri", "therese"],
    &["terrence", "terence", "terry"],
    &["thomas", "tom", "tommy", "tomas", "tommie"],
    &["timothy", "tim", "timmy", "timoteo"],
    &["tobias", "toby"],
    &["valerie", "val", "valeria"],
    &["valentina", "val"],
    &["vicente", "vincent", "vince", "vinny", "chente", "vinnie"],
    &["victor", "vic"],
    &["victoria", "vic", "vicky", "tori", "vickie", "vicki"],
    &["vivian", "viv", "viviana"],
    &["walter", "walt", "wally"],
    &["wesley", "wes"],
    &["winifred", "winnie"],
    &["javier", "xavier", "javi", "xavi"],
    &["yolanda", "yoli"],
    &["zachary", "zach", "zack", "zac"],
];

struct Table {
    /// The classes of a name.
    classes: BTreeMap<&'static str, Vec<usize>>,
    /// The classes with a name of this NYSIIS key.
    sounds: BTreeMap<String, BTreeSet<usize>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { classes: BTreeMap::new(), sounds: BTreeMap::new() };
    for (nth, names) in CLASSES.iter().enumerate() {
        for name in *names {
            table.classes.entry(name).or_default().push(nth);
            table.sounds.entry(nysiis(name).unwrap_or_default()).or_default().insert(nth);
        }
    }
    table
});

/// The class under which a folded given name is indexed; `None` for a name without Latin letters outside the table.
#[must_use]
pub fn kin(folded: &str) -> Option<String> {
    match TABLE.classes.get(folded).map(Vec::as_slice) {
        Some([only]) => Some(CLASSES[*only][0].to_owned()),
        Some(_) => Some(folded.to_owned()),
        None => nysiis(folded),
    }
}

/// All classes to ask for when somebody looks for a folded given name.
#[must_use]
pub fn kin_asked(folded: &str) -> BTreeSet<String> {
    let sound = nysiis(folded);
    let by_name = TABLE.classes.get(folded).into_iter().flatten();
    let by_sound = sound.as_ref().and_then(|sound| TABLE.sounds.get(sound)).into_iter().flatten();
    let exact = TABLE.classes.contains_key(folded);
    let classes: BTreeSet<usize> = if exact { by_name.copied().collect() } else { by_sound.copied().collect() };
    let names = classes.into_iter().flat_map(|class| CLASSES[class]).filter_map(|name| kin(name));
    names.chain(sound).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn meets(asked: &str, stored: &str) -> bool {
        kin_asked(asked).contains(&kin(stored).unwrap())
    }

    #[test]
    fn bill_is_found_as_william_and_pepe_as_jose() {
        assert!(meets("bill", "william") && meets("william", "bill") && meets("guillermo", "will"));
        assert!(meets("jose", "pepe") && meets("pepe", "joseph") && meets("lupita", "guadalupe"));
        assert!(!meets("bill", "robert") && !meets("anna", "maria"));
    }

    #[test]
    fn a_short_form_of_several_names_is_found_by_each_and_does_not_mix_them() {
        assert!(meets("alex", "alexandra") && meets("alexander", "alex") && meets("beto", "roberto"));
        assert!(!meets("alexander", "alexandra") && !meets("albert", "robert"));
    }

    #[test]
    fn a_misspelt_given_name_is_found_by_its_sound() {
        assert!(meets("william", "wiliam") && meets("wiliam", "bill"));
        assert!(meets("lachlan", "lachlen"));
        assert_eq!(kin("李"), None);
    }

    #[test]
    fn every_class_has_a_name_of_its_own_that_no_other_class_holds() {
        for names in CLASSES {
            assert_eq!(kin(names[0]).as_deref(), Some(names[0]));
            assert!(names.len() > 1 && names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase())));
        }
    }

    proptest! {
        #[test]
        fn whoever_is_asked_for_by_the_own_name_is_found(name in "[a-z]{1,12}") {
            prop_assert!(kin(&name).is_none_or(|class| kin_asked(&name).contains(&class)));
        }

        #[test]
        fn kinship_of_table_names_goes_both_ways(one in 0..CLASSES.len(), a in 0..5_usize, b in 0..5_usize) {
            let names = CLASSES[one];
            prop_assert!(meets(names[a % names.len()], names[b % names.len()]));
        }
    }
}
