import os

from django.core.wsgi import get_wsgi_application

from onedoor.config.whole_requests import WholeRequests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onedoor.config.settings")
application = WholeRequests(get_wsgi_application())
