"""What an error page says: a title, then what happened, why, and what to do."""

from domain.refusals import Refusal
from web.visit import Language, NotInRecord, QueryRefused
from web.words import fact_writer

Explanation = tuple[str, tuple[str, ...]]
"""Title and sentences."""

_BY_STATUS: dict[int, dict[Language, Explanation]] = {
    404: {
        "fr": (
            "Cette page n'existe pas",
            (
                "Aucune page ne porte cette adresse : elle a peut-être été mal recopiée.",
                "Vérifiez l'adresse, ou cherchez l'engagement dans le tableau.",
            ),
        ),
        "en": (
            "This page does not exist",
            (
                "No page has this address: it may have been copied wrongly.",
                "Check the address, or look for the commitment on the board.",
            ),
        ),
    },
    405: {
        "fr": (
            "Cette page ne reçoit rien",
            ("Cette adresse se lit, mais n'accepte aucun envoi.", "Revenez au tableau."),
        ),
        "en": (
            "This page takes nothing",
            ("This address can be read but accepts no submission.", "Go back to the board."),
        ),
    },
    422: {
        "fr": (
            "Cette demande n'est pas comprise",
            (
                "L'adresse contient une valeur que cette page ne connaît pas.",
                "Repartez du tableau et choisissez les filtres dans la page.",
            ),
        ),
        "en": (
            "This request is not understood",
            (
                "The address contains a value that this page does not know.",
                "Start again from the board and choose the filters on the page.",
            ),
        ),
    },
    500: {
        "fr": (
            "La page n'a pas pu être préparée",
            (
                "Une erreur est survenue de notre côté. Elle est consignée, et rien n'a été perdu.",
                "Réessayez dans quelques minutes.",
            ),
        ),
        "en": (
            "The page could not be prepared",
            (
                "Something went wrong on our side. It has been logged, and nothing was lost.",
                "Try again in a few minutes.",
            ),
        ),
    },
    503: {
        "fr": (
            "Le registre est momentanément inaccessible",
            (
                "La base de données ne répond pas. Rien de ce qui est enregistré n'est perdu.",
                "Rechargez la page dans quelques secondes.",
            ),
        ),
        "en": (
            "The record cannot be reached for the moment",
            (
                "The database does not answer. Nothing that was recorded is lost.",
                "Reload the page in a few seconds.",
            ),
        ),
    },
}

_KINDS: dict[str, tuple[str, str]] = {
    "commitment": ("Aucun engagement n'a pour référence", "No commitment has the reference"),
    "version": ("Cet engagement n'a pas de version", "This commitment has no version"),
    "meeting": ("Aucune réunion n'est enregistrée sous", "No meeting is recorded under"),
    "stakeholder": (
        "Aucune organisation n'est enregistrée sous",
        "No organisation is recorded under",
    ),
    "topic": ("Aucun thème n'est enregistré sous", "No topic is recorded under"),
}


def by_status(language: Language, status: int) -> Explanation:
    """What to say when all that is known is the status."""
    near = status if status in _BY_STATUS else (422 if status < 500 else 500)
    return _BY_STATUS[near][language]


def not_in_record(language: Language, error: NotInRecord) -> Explanation:
    title, (_, advice) = by_status(language, 404)
    known = _KINDS.get(error.kind)
    if known is None:
        return by_status(language, 404)
    name = error.name[:60]
    words = f"{known[0]} « {name} »." if language == "fr" else f"{known[1]} “{name}”."
    return title, (words, advice)


def query_refused(language: Language, error: QueryRefused) -> Explanation:
    title, (_, advice) = by_status(language, 422)
    return title, (_refused_parameter(language, error), advice)


def _refused_parameter(language: Language, error: QueryRefused) -> str:
    name, value = error.parameter[:40], error.value[:60]
    if error.reason == "future":
        return (
            f"Le {value} n'est pas encore arrivé : le tableau se lit à la date d'aujourd'hui au "
            "plus tard."
            if language == "fr"
            else f"{value} has not come yet: the board can be read as of today at the latest."
        )
    if error.reason == "not a date":
        return (
            f"« {value} » n'est pas une date. Écrivez l'année, le mois et le jour, comme "
            "2024-07-16."
            if language == "fr"
            else f"“{value}” is not a date. Write year, month and day, such as 2024-07-16."
        )
    if error.reason == "too long":
        return (
            "L'adresse est trop longue pour être comprise."
            if language == "fr"
            else "The address is too long to be understood."
        )
    if error.reason == "repeated":
        return (
            f"Le paramètre « {name} » est donné deux fois."
            if language == "fr"
            else f"The parameter “{name}” is given twice."
        )
    return (
        f"Le paramètre « {name} » ou sa valeur « {value} » n'est pas connu de cette page."
        if language == "fr"
        else f"The parameter “{name}” or its value “{value}” is not known to this page."
    )


def refused(language: Language, error: Refusal) -> Explanation:
    title = "Cela n'est pas possible" if language == "fr" else "This is not possible"
    return title, (error.sentence(language, fact_writer(language)),)
