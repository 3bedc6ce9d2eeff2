"""The page about names on works that may be people of the site, and the answers of an editor."""

from itertools import islice

from django.contrib import messages
from django.db import transaction
from django.dispatch import receiver
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.generic import TemplateView

from profiles.models import Person
from profiles.signals import person_edited
from publications.admin.pages import AdminPage
from publications.imports import linking
from publications.imports.linking import Answer
from publications.models import Publication

QUESTION_LIMIT = 200  # on one page
NAMES_SHOWN = 3


class Names(AdminPage, TemplateView):
    """The names on works that may be people of the site, or one of them (``person`` in the query string)."""

    template_name = "admin/publications/names.html"
    title = "Names on works"
    permission_required = ["publications.change_publication"]

    def get_person(self):
        pk = self.request.GET.get("person", "")
        if not pk:
            return None
        person = Person.objects.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
        if person is None:
            raise Http404("There is no such person.")
        return person

    def get_questions(self, person):
        questions = list(islice(filter(None, linking.questions_of_works(person)), QUESTION_LIMIT))
        return sorted(questions, key=lambda one: not one.is_owner)

    def get_context_data(self, **kwargs):
        person = self.get_person()
        if person:
            self.title = f"Names on works: {person}"
        return super().get_context_data(
            person=person,
            questions=self.get_questions(person),
            search_url=reverse("admin:publications_publication_changelist"),
            answers=[(Answer.YES, "Yes, in all of them"), (Answer.NO, "No"), (Answer.LATER, "Decide later")],
            **kwargs,
        )

    @transaction.atomic
    def post(self, request, *args, **kwargs):
        answered = [
            (question, answer)
            for question in self.get_questions(self.get_person())
            if (answer := question.answer(request.POST)) != Answer.LATER
        ]
        works = Publication.objects.all()
        if not self.model_admin.has_publish_permission(request):
            works = works.exclude(state=Publication.State.PUBLISHED)
        people = Person.objects.in_bulk([question.person for question, _ in answered])
        for question, answer in answered:
            if answer == Answer.YES:
                person = people[question.person]
                count = linking.link(question.printed, person, request.user, works)
                messages.success(request, f"“{question.printed}” linked to {person} in {linking.counted_works(count)}.")
        remember_answers(self, answered)
        if not answered:
            messages.info(request, "Nothing was changed. Choose “Yes” or “No” for a name.")
        return redirect(request.get_full_path())


def remember_answers(view, answered, comment="Names on works"):
    """Store the (NameQuestion, Answer) pairs with the people whom the user may change. Return these people."""
    people = Person.objects.in_bulk([question.person for question, _ in answered])
    person_admin = view.model_admin.admin_site.get_model_admin(Person)
    changed, user = [], view.request.user
    for pk, person in people.items():
        yes, no = (
            [question.printed for question, answer in answered if question.person == pk and answer == wanted]
            for wanted in (Answer.YES, Answer.NO)
        )
        if person_admin.has_change_permission(view.request, person):
            linking.remember(person, user, spellings=yes, names_of_others=no, comment=comment)
            changed.append(person)
        else:
            message = f"The answers about {person} were not stored. Ask an editor, who may change this person."
            messages.warning(view.request, message)
    return changed


@receiver(person_edited)
def offer_linking(person, request, **kwargs):
    """Tell an editor who has added a person, or changed how a name is written, which works carry the name."""
    if not request.user.has_perm("publications.change_publication"):
        return
    questions = list(islice(filter(None, linking.questions_of_works(person)), QUESTION_LIMIT))
    if questions:
        names = " or ".join(f"“{question.printed}”" for question in questions[:NAMES_SHOWN])
        count = sum(question.works for question in questions)
        messages.info(
            request,
            format_html(
                "{} {} the name {}{}. <a href='{}?person={}'>Link {}</a>",
                linking.counted_works(count),
                "carries" if count == 1 else "carry",
                names,
                " and others" if len(questions) > NAMES_SHOWN else "",
                reverse("admin:publications_publication_names"),
                person.pk,
                "it" if count == 1 else "them",
            ),
        )
